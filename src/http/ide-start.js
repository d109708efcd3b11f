// Starts GraphiQL in the page. Tabs, headers and variables are kept in the storage of the browser, and so are
// the values that responses hand over to the following tabs.

const SIGNED_IN = `... on AuthPayload {
      accessToken
      refreshToken
      expiresIn
      user { id email }
    }
    ... on MfaChallenge { challengeId methods }`
const ACCOUNT = 'email: "ada@example.com", password: "correct horse battery staple"'
const CODE = { challengeId: '', code: '' }

/** The operations of the tabs, in the order of a first visit, with their variables. */
const OPERATIONS = [
  [
    `# Register an account. In development the
# response contains the code of the message;
# the message itself is at /dev/outbox. If the
# account exists already, run SignIn instead.
mutation Register {
  register(input: {
    ${ACCOUNT}
  }) {
    challengeId
    otpCode
    message
  }
}`,
  ],
  [
    `# Spend the code, which is in the variables.
# The next tabs get the access token in their
# headers.
mutation Verify($challengeId: ID!, $code: String!) {
  verifyOtp(input: {
    challengeId: $challengeId, code: $code, purpose: VERIFY_EMAIL
  }) {
    ${SIGNED_IN}
  }
}`,
    CODE,
  ],
  ['query Me {\n  me { id email roles createdAt }\n}'],
  [
    `mutation CreatePost {
  createPost(input: {
    title: "Hello", content: "Text in *Markdown*."
  }) { id title contentHtml }
}`,
  ],
  [
    `query Posts {
  posts(first: 10) {
    nodes { id title contentHtml author { fullName } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  ],
  ['query Sessions {\n  sessions { id device ipAddress current createdAt lastUsedAt }\n}'],
  [
    `# Waits for the end of the session: run it,
# and sign out in another window.
subscription Watch {
  sessionEvents { kind reason }
}`,
  ],
  ['mutation SignOut {\n  logout { message revokedSessions }\n}'],
  [
    `mutation SignIn {
  login(input: {
    ${ACCOUNT}
  }) {
    ${SIGNED_IN}
  }
}`,
  ],
  [
    `# Sign in without a password: request a code,
# and spend it in the next tab.
mutation RequestCode {
  requestOtp(input: {
    destination: { email: "ada@example.com" }
  }) { challengeId otpCode destination message }
}`,
  ],
  [
    `mutation SignInByCode($challengeId: ID!, $code: String!) {
  verifyOtp(input: {
    reference: { challengeId: $challengeId }, code: $code
  }) {
    ${SIGNED_IN}
  }
}`,
    CODE,
  ],
]

const KEY = 'gateway:carried'
/** Most values that are known to come from a response, so that a newer one may replace them. */
const MAX_KNOWN = 20

let carried = {
  authorization: '',
  account: '',
  challengeId: '',
  code: '',
  known: [],
  ...read(localStorage.getItem(KEY)),
}
const listeners = new Set()

/** An object of JSON; null for any other text. */
function read(text) {
  try {
    const value = JSON.parse(text || '{}')
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function carry(changes) {
  const { account: _account, ...values } = changes
  const known = [...carried.known, ...Object.values(values)].filter(Boolean).slice(-MAX_KNOWN)
  carried = { ...carried, ...changes, known }
  localStorage.setItem(KEY, JSON.stringify(carried))
  for (const notify of listeners) notify()
}

/** Takes the token or the code of a response, at the root or one level below. */
function takeValues({ data }) {
  for (const [field, payload] of Object.entries(data || {})) {
    if (!payload) continue
    const { accessToken, challengeId, otpCode, user } = payload
    const account = (user && user.email) || ''
    if (accessToken) carry({ authorization: `Bearer ${accessToken}`, account, challengeId: '', code: '' })
    else if (challengeId && otpCode) carry({ challengeId, code: otpCode })
    else if (field === 'logout') carry({ authorization: '', account: '' })
  }
}

/** Fills fields of an editor's JSON. A value that the user has typed is kept. */
function fill(editor, names, { adds }) {
  const values = editor && read(editor.getValue())
  if (!values) return
  const replaced = names.filter((name) => {
    const isOwn = values[name] && !carried.known.includes(values[name])
    return !isOwn && (adds || name in values) && (values[name] || '') !== carried[name]
  })
  if (replaced.length === 0) return
  for (const name of replaced) values[name] = carried[name] || (adds ? undefined : '')
  const text = JSON.stringify(values, null, 2)
  editor.setValue(text === '{}' ? '' : text)
}

/** Hands values over to the current tab, and says where the token is. */
function Carrier() {
  const { headerEditor, variableEditor, activeTabIndex } = GraphiQL.React.useEditorContext()
  const current = React.useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => carried,
  )
  React.useEffect(() => {
    fill(headerEditor, ['authorization'], { adds: true })
    fill(variableEditor, ['challengeId', 'code'], { adds: false })
  }, [headerEditor, variableEditor, activeTabIndex, current])
  return current.authorization ? 'The access token is in Headers.' : 'Without an access token.'
}

const send = GraphiQL.createFetcher({
  url: location.pathname,
  // The headers of the tab are sent as the payload of `connection_init`.
  subscriptionUrl: `${location.origin.replace('http', 'ws')}${location.pathname}`,
  enableIncrementalDelivery: false,
})
const options = {
  fetcher: async (...request) => {
    const result = await send(...request)
    if (!(Symbol.asyncIterator in result)) takeValues(result)
    return result
  },
  defaultTabs: OPERATIONS.map(([query, variables]) => ({
    query,
    headers: '',
    variables: variables ? JSON.stringify(variables, null, 2) : '',
  })),
  shouldPersistHeaders: true,
  // A narrow screen has no room for both editors; a tap opens the second one.
  defaultEditorToolsVisibility: innerWidth > 720 && 'variables',
}
const footer = React.createElement(GraphiQL.Footer, null, React.createElement(Carrier))
ReactDOM.createRoot(document.getElementById('ide')).render(React.createElement(GraphiQL, options, footer))
