// The bar above GraphiQL: who is signed in, and a dialog that signs in by e-mail and code. It hands the access
// token to every tab. It shares `carried`, `carry` and `listeners` with ide-start.js.

const SIGNED_IN_FIELDS = '... on AuthPayload { accessToken user { email } }'
const REQUESTS = {
  login: {
    query:
      'mutation ($email: String!) { sent: requestOtp(input: { destination: { email: $email } }) { challengeId otpCode } }',
    purpose: 'LOGIN',
  },
  register: {
    query: 'mutation ($email: String!) { sent: register(input: { email: $email }) { challengeId otpCode } }',
    purpose: 'VERIFY_EMAIL',
  },
}
const VERIFY = `mutation ($challengeId: ID!, $code: String!, $purpose: OtpPurpose!) {
  payload: verifyOtp(input: { reference: { challengeId: $challengeId }, code: $code, purpose: $purpose }) {
    ${SIGNED_IN_FIELDS}
    ... on MfaChallenge { challengeId }
  }
}`
const VERIFY_MFA = `mutation ($challengeId: ID!, $code: String!) {
  payload: verifyMfa(input: { challengeId: $challengeId, code: $code }) { ${SIGNED_IN_FIELDS} }
}`

const part = (id) => document.getElementById(id)
const dialog = part('sign-in')
/** What the next code belongs to. */
let step = null

async function ask(query, variables, headers = {}) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors[0].message)
  return data
}

function showStep(id) {
  for (const name of ['step-email', 'step-code']) part(name).hidden = name !== id
  part('problem').hidden = true
  part(id).querySelector('input').focus()
}

/** Runs a step once at a time; a problem stays in the dialog. */
async function run(work) {
  const buttons = dialog.querySelectorAll('button')
  for (const button of buttons) button.disabled = true
  part('problem').hidden = true
  try {
    await work()
  } catch (error) {
    part('problem').textContent = error instanceof TypeError ? 'The gateway does not respond.' : error.message
    part('problem').hidden = false
  }
  for (const button of buttons) button.disabled = false
}

function askForCode(text, code) {
  part('sent').textContent = text
  part('code').value = code || ''
  showStep('step-code')
  part('code').select()
}

part('step-email').addEventListener('submit', (event) => {
  event.preventDefault()
  const { query, purpose } = REQUESTS[event.submitter ? event.submitter.value : 'login']
  const email = part('email').value
  void run(async () => {
    const { sent } = await ask(query, { email })
    step = { query: VERIFY, variables: { challengeId: sent.challengeId, purpose } }
    const place = sent.otpCode ? 'Development fills it in.' : 'It is in the mailbox.'
    askForCode(`A code was sent to ${email}, if it can be used there. ${place}`, sent.otpCode)
  })
})

part('step-code').addEventListener('submit', (event) => {
  event.preventDefault()
  void run(async () => {
    const { payload } = await ask(step.query, { ...step.variables, code: part('code').value })
    if (payload.challengeId) {
      step = { query: VERIFY_MFA, variables: { challengeId: payload.challengeId } }
      return askForCode('Enter the code of the authenticator app, or a recovery code.', '')
    }
    carry({
      authorization: `Bearer ${payload.accessToken}`,
      account: payload.user.email || '',
      challengeId: '',
      code: '',
    })
    dialog.close()
  })
})

part('open').addEventListener('click', () => {
  if (!carried.authorization) {
    dialog.showModal()
    return showStep('step-email')
  }
  const headers = { authorization: carried.authorization }
  // The token is removed in any case: it may have expired.
  void ask('mutation { logout { message } }', {}, headers)
    .catch(() => undefined)
    .then(() => carry({ authorization: '', account: '' }))
})
for (const button of dialog.querySelectorAll('[data-close]'))
  button.addEventListener('click', () => dialog.close())

function showAccount() {
  const { authorization, account } = carried
  part('account').textContent = authorization
    ? `Signed in${account ? ` as ${account}` : ''}`
    : 'Not signed in'
  part('open').textContent = authorization ? 'Sign out' : 'Sign in'
}
listeners.add(showAccount)
showAccount()
