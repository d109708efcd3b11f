import { createHash } from 'node:crypto'
import { LIMITS, GUESSES_PER_CODE } from '../../src/features/limits/limits.ts'
import { tally, type Attack } from './attack.ts'
import { type Seen } from './target.ts'

const LOGIN =
  'mutation ($e: String!, $p: String!) { login(input: { email: $e, password: $p }) { ... on AuthPayload { accessToken } } }'
const VERIFY =
  'mutation ($e: String!, $c: String!) { verifyOtp(input: { email: $e, code: $c, purpose: VERIFY_EMAIL }) { __typename } }'
const REFRESH = 'mutation ($t: String) { refresh(refreshToken: $t) { accessToken refreshToken } }'

const count = (seen: readonly Seen[], code: string) =>
  seen.filter((response) => response.code === code).length
const runConcurrently = (times: number, send: (index: number) => Promise<Seen>) =>
  Promise.all(Array.from({ length: times }, (_, index) => send(index)))

/** Attacks on limits: many requests, concurrent requests, forged addresses. */
export const LIMIT_ATTACKS: readonly Attack[] = [
  {
    name: `10 × ${LIMITS.loginFailures.max} passwords at once for one account from one network`,
    expected: `${LIMITS.loginFailures.max} evaluated, ${9 * LIMITS.loginFailures.max} limited`,
    async run(target) {
      const [{ email }, from] = [await target.signUp(), target.newNetwork()]
      const seen = await runConcurrently(10 * LIMITS.loginFailures.max, (index) =>
        target.query(LOGIN, { e: email, p: `wrong password ${index}` }, { from }),
      )
      return `${count(seen, 'INVALID_CREDENTIALS')} evaluated, ${count(seen, 'RATE_LIMITED')} limited`
    },
  },
  {
    name: '100 guesses at a code at once, then the right one',
    expected:
      'at most 5 evaluated; the code is locked for its address; the owner signs in by its challenge id',
    async run(target) {
      const attacker = target.newNetwork()
      const owner = await target.register()
      const { email, code } = owner
      const seen = await runConcurrently(100, (index) =>
        target.query(VERIFY, { e: email, c: String(index).padStart(6, '0') }, { from: attacker }),
      )
      const left = seen.filter(({ text }) => /"attemptsLeft":[1-9]/.test(text)).length
      const right = await target.query(VERIFY, { e: email, c: code }, { from: target.newNetwork() })
      const verified = await target.verify(owner)
      return `at most ${left < GUESSES_PER_CODE ? 5 : left + 1} evaluated; the code is ${right.code === 'ok' ? 'valid' : 'locked'} for its address; the owner ${verified.code === 'ok' ? 'signs in' : 'cannot sign in'} by its challenge id`
    },
  },
  {
    name: `X-Forwarded-For: ${LIMITS.verifyOtp.max + 60} guesses with different claimed addresses`,
    expected: `${LIMITS.verifyOtp.max} evaluated, 60 limited`,
    async run(target) {
      const from = target.newNetwork()
      const seen = await runConcurrently(LIMITS.verifyOtp.max + 60, (index) =>
        target.query(
          VERIFY,
          { e: `unknown${index}@example.com`, c: '000000' },
          {
            from,
            headers: {
              'x-forwarded-for': `198.51.100.${index % 250}`,
              'x-real-ip': `198.51.100.${index % 250}`,
              'user-agent': `${index}`,
            },
          },
        ),
      )
      return `${count(seen, 'OTP_INVALID')} evaluated, ${count(seen, 'RATE_LIMITED')} limited`
    },
  },
  {
    name: '100 refreshes of one token at once, then an old one',
    expected: '1 successor; REFRESH_REUSED; its tokens are invalid',
    async run(target) {
      const [{ refreshToken }, from] = [await target.signUp(), target.newNetwork()]
      const storm = await runConcurrently(100, () => target.query(REFRESH, { t: refreshToken }, { from }))
      const successors = new Set(storm.map(({ data }) => data['refresh']?.['refreshToken']).filter(Boolean))
      const [successor] = successors
      const next = await target.query(REFRESH, { t: successor }, { from })
      const replay = await target.query(REFRESH, { t: refreshToken }, { from })
      const token = String(next.data['refresh']?.['accessToken'])
      const me = await target.query('{ me { id } }', {}, { token, from })
      return `${successors.size} successor; ${replay.code}; its tokens are ${me.code === 'ok' ? 'valid' : 'invalid'}`
    },
  },
  {
    name: 'passwords of 5,000 characters, 90 KB and 1 MB',
    expected: 'BAD_USER_INPUT ×2, PAYLOAD_TOO_LARGE; together under a second',
    async run(target) {
      const from = target.newNetwork()
      const started = performance.now()
      const codes = []
      for (const length of [5000, 90_000, 1_000_000])
        codes.push((await target.query(LOGIN, { e: 'a@example.com', p: 'x'.repeat(length) }, { from })).code)
      return `${tally(codes)}; together ${performance.now() - started < 1000 ? 'under a second' : 'too long'}`
    },
  },
  {
    name: 'persisted queries: a document with the digest of another, then the digest alone',
    expected: '400; not found; the other document runs',
    async run(target) {
      const sha256Hash = createHash('sha256').update('{ __typename }').digest('hex')
      const extensions = { persistedQuery: { version: 1, sha256Hash } }
      const poison = await target.send({ query: '{ posts { totalCount } }', extensions })
      const lookup = await target.send({ extensions })
      const honest = await target.send({ query: '{ __typename }', extensions })
      const missing = lookup.code === 'PERSISTED_QUERY_NOT_FOUND' ? 'not found' : lookup.text
      return `${poison.status}; ${missing}; the other document ${honest.code === 'ok' ? 'runs' : honest.text}`
    },
  },
]
