import { tally, type Attack } from './attack.ts'
import { PASSWORD, type Seen, type Target, type Victim } from './target.ts'

const NEW_PASSWORD = 'seven grey herons at noon'
const REGISTER =
  'mutation ($e: String!, $n: String, $l: String) { register(input: { email: $e, fullName: $n, locale: $l }) { challengeId } }'
const LOGIN =
  'mutation ($e: String!, $p: String!) { login(input: { email: $e, password: $p }) { __typename } }'
const REQUEST =
  'mutation ($e: String!, $p: OtpPurpose!) { requestOtp(input: { email: $e, purpose: $p }) { challengeId } }'
const VERIFY = `mutation ($id: ID!, $p: OtpPurpose!, $c: String!) {
  verifyOtp(input: { challengeId: $id, purpose: $p, code: $c }) { ... on PasswordResetGrant { resetToken } }
}`
const RESET =
  'mutation ($t: String!, $p: String!) { resetPassword(input: { resetToken: $t, newPassword: $p }) { expiresIn } }'
const CHANGE =
  'mutation ($c: String!, $n: String!) { changePassword(input: { currentPassword: $c, newPassword: $n }) { messageKey } }'

/** Texts that a URL parser or a lenient address parser turns into another address. */
const REPAIRABLE = [
  'ada@evil.example#.company.example',
  'ada@example.com/x',
  'ada@example.com?x',
  'ada@example.com:443',
  'ada@evil.example\\@example.com',
  'ada@[127.0.0.1]',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada@example.com,eve@example.com',
  '"ada lovelace"@example.com',
  'ada@exa\u00admple.com',
  'ada@example\u3002com\u0000',
  'ada@2130706433',
]
const UNTIDY_NAMES = ['Ada\nBcc: eve@example.com', 'Ada\u202Egnp.exe', 'Ada\u0000', '\u200b', 'x'.repeat(201)]

interface SentCode {
  readonly victim: Victim
  readonly challengeId: string
  readonly code: string
}

/** A code that a victim has requested. */
async function requestCode(target: Target, purpose: 'LOGIN' | 'RESET_PASSWORD'): Promise<SentCode> {
  const victim = await target.signUp()
  const { email } = victim
  const { data } = await target.query(REQUEST, { e: email, p: purpose }, { from: target.newNetwork() })
  const code = await target.codeAfter(email, 1)
  return { victim, challengeId: String(data['requestOtp']?.['challengeId']), code }
}

const verify = (target: Target, { challengeId, code }: SentCode, purpose: string) =>
  target.query(VERIFY, { id: challengeId, p: purpose, c: code }, { from: target.newNetwork() })

const changePassword = (target: Target, { accessToken }: Victim) =>
  target.query(CHANGE, { c: PASSWORD, n: NEW_PASSWORD }, { token: accessToken, from: target.newNetwork() })

/** What a caller can compare of a response: everything except ids and the time of day. */
const toComparable = ({ status, text }: Seen) =>
  `${status} ${text.replace(/"(challengeId|resetAt)":"[^"]*"|"retryAfter":\d+/g, '')}`

/** The responses to a registration, to a request for a code, and to a guess. */
async function probe(target: Target, registered: string, requested: string): Promise<string[]> {
  const from = target.newNetwork()
  const registration = await target.query(REGISTER, { e: registered }, { from })
  const request = await target.query(REQUEST, { e: requested, p: 'LOGIN' }, { from })
  const id = String(request.data['requestOtp']?.['challengeId'])
  const guess = await target.query(VERIFY, { id, p: 'LOGIN', c: '0000000000' }, { from })
  return [registration, request, guess].map(toComparable)
}

/** Attacks on accounts: hostile addresses and names, proofs that outlive what ends them, and enumeration. */
export const ACCOUNT_ATTACKS: readonly Attack[] = [
  {
    name: `registration of ${REPAIRABLE.length} texts that a parser could repair into an address`,
    expected: `BAD_USER_INPUT ×${REPAIRABLE.length}`,
    async run(target) {
      const codes = []
      for (const e of REPAIRABLE)
        codes.push((await target.query(REGISTER, { e }, { from: target.newNetwork() })).code)
      return tally(codes)
    },
  },
  {
    name: 'login with the address of an account and a suffix: #x, /x, ?x, :25, a space, a dot',
    expected: 'BAD_USER_INPUT ×6',
    async run(target) {
      const { email } = await target.signUp()
      const from = target.newNetwork()
      const suffixes = ['#x', '/x', '?x', ':25', ' x', '..']
      const seen = suffixes.map((suffix) =>
        target.query(LOGIN, { e: `${email}${suffix}`, p: PASSWORD }, { from }),
      )
      return tally((await Promise.all(seen)).map(({ code }) => code))
    },
  },
  {
    name: 'names with line breaks, direction marks, NUL, no visible character and 201 characters',
    expected: `BAD_USER_INPUT ×${UNTIDY_NAMES.length}`,
    async run(target) {
      const from = target.newNetwork()
      const seen = UNTIDY_NAMES.map((n, index) =>
        target.query(REGISTER, { e: `name${index}@example.com`, n }, { from }),
      )
      return tally((await Promise.all(seen)).map(({ code }) => code))
    },
  },
  {
    name: 'a login code, and one that was requested before the password changed',
    expected: 'ok, OTP_INVALID',
    async run(target) {
      const control = await requestCode(target, 'LOGIN')
      const stolen = await requestCode(target, 'LOGIN')
      await changePassword(target, stolen.victim)
      return tally([
        (await verify(target, control, 'LOGIN')).code,
        (await verify(target, stolen, 'LOGIN')).code,
      ])
    },
  },
  {
    name: 'a reset grant that was issued before the password changed',
    expected: 'RESET_TOKEN_INVALID; the new password ok',
    async run(target) {
      const sent = await requestCode(target, 'RESET_PASSWORD')
      const { data } = await verify(target, sent, 'RESET_PASSWORD')
      await changePassword(target, sent.victim)
      const from = target.newNetwork()
      const t = data['verifyOtp']?.['resetToken']
      const reset = await target.query(RESET, { t, p: 'nine loud crows at dusk' }, { from })
      const login = await target.query(LOGIN, { e: sent.victim.email, p: NEW_PASSWORD }, { from })
      return `${reset.code}; the new password ${login.code}`
    },
  },
  {
    name: 'registration, codes and guesses for taken and for free addresses',
    expected: 'the same response ×3',
    async run(target) {
      const [one, other] = [await target.signUp(), await target.signUp()]
      const taken = await probe(target, one.email, other.email)
      const free = await probe(target, `free${one.email}`, `free${other.email}`)
      return tally(
        taken.map((text, step) => (text === free[step] ? 'the same response' : `${text} / ${free[step]}`)),
      )
    },
  },
  {
    name: 'forged undo links: empty, random, of another form, 10 KB',
    expected: 'TOKEN_INVALID ×3, BAD_USER_INPUT',
    async run(target) {
      const from = target.newNetwork()
      const undo = 'mutation ($t: String!) { undoChange(token: $t) { revokedSessions } }'
      const tokens = ['', `${'A'.repeat(24)}.${'A'.repeat(43)}`, '__proto__', 'x'.repeat(10_000)]
      const seen = tokens.map((t) => target.query(undo, { t }, { from }))
      return tally((await Promise.all(seen)).map(({ code }) => code))
    },
  },
  {
    name: 'X-Request-Id: a usable one, 10 KB, and markup',
    expected: 'returned, replaced ×2',
    async run(target) {
      const ids = ['client-request-1', 'x'.repeat(10_000), '<script>']
      const outcomes = []
      for (const id of ids) {
        const headers = { 'x-request-id': id }
        const seen = await target.query('{ __typename }', {}, { headers })
        outcomes.push(seen.headers['x-request-id'] === id ? 'returned' : 'replaced')
      }
      return tally(outcomes)
    },
  },
]
