import { describe, expect, it } from 'vitest'
import { formatViolation } from './check-refresh.ts'
import { findViolations } from './check.ts'
import { FINAL, type Call, type Operation, type Outcome } from './record.ts'

type Span = readonly [start: number, end: number]
/** The code of a response: null for success, `unknown` for no response. */
type Code = string | null

const ENDED = 'UNAUTHENTICATED TOKEN_INVALID'

function call(session: string, span: Span, operation: Operation, outcome: Outcome, more = {}): Call {
  const [start, end] = span
  return { client: 'client 1', node: 'A', account: 'ada', session, operation, start, end, outcome, ...more }
}

function toOutcome(code: Code, facts: Omit<Extract<Outcome, { kind: 'ok' }>, 'kind'> = {}): Outcome {
  if (code === null) return { kind: 'ok', ...facts }
  return code === 'unknown' ? { kind: 'unknown', why: 'cut off' } : { kind: 'refused', code }
}

const issued = (session: string, counter: number) => ({
  issued: { session, accessToken: '', refreshToken: `${session}.${counter}` },
})

/** Builders of calls. A refresh of token n returns token n + 1 by default. */
const login = (session: string, span: Span = [0, 1]) =>
  call(session, span, { name: 'login' }, toOutcome(null, issued(session, 0)))
const me = (session: string, span: Span, code: Code = null, more = {}) =>
  call(session, span, { name: 'me' }, toOutcome(code), more)
const refresh = (session: string, span: Span, counter: number, code: Code = null, next = counter + 1) =>
  call(
    session,
    span,
    { name: 'refresh', presented: `${session}.${counter}` },
    toOutcome(code, issued(session, next)),
  )
const logout = (session: string, span: Span, code: Code = null, ended = 1) =>
  call(session, span, { name: 'logout' }, toOutcome(code, { ended }))
const everywhere = (session: string, span: Span, code: Code = null, ended = 2) =>
  call(session, span, { name: 'logoutEverywhere' }, toOutcome(code, { ended }))
const others = (session: string, span: Span, code: Code = null, ended = 1) =>
  call(session, span, { name: 'revokeOtherSessions' }, toOutcome(code, { ended }))
const revoke = (session: string, span: Span, target: string, code: Code = null) =>
  call(session, span, { name: 'revokeSession', target }, toOutcome(code))

const findRules = (...calls: Call[]) => findViolations(calls).map(({ rule }) => rule)

/** Every kind of revocation, with calls that are correct before, during and after it. */
const CORRECT: readonly Call[] = [
  ...['a', 'b', 'c', 'd', 'e'].map((session) => login(session)),
  // Two tabs, a lost response, and the previous token again.
  refresh('a', [2, 5], 0),
  refresh('a', [2, 6], 0),
  refresh('a', [7, 8], 1, 'unknown'),
  refresh('a', [9, 10], 1),
  refresh('a', [11, 12], 1),
  me('a', [13, 14]),
  // A token that is three generations old: a stolen copy.
  refresh('b', [2, 3], 0),
  refresh('b', [4, 5], 1),
  refresh('b', [6, 7], 0, 'REFRESH_REUSED'),
  refresh('b', [8, 9], 2, 'TOKEN_INVALID'),
  // A call that started before the response to the sign-out may be accepted.
  logout('c', [20, 24]),
  me('c', [22, 30]),
  me('c', [25, 26], ENDED),
  logout('c', [27, 28], null, 0),
  everywhere('c', [29, 30], null, 0),
  revoke('a', [31, 32], 'd', 'unknown'),
  me('d', [33, 34], ENDED),
  revoke('a', [35, 36], 'd', 'NOT_FOUND'),
  // Started during the revocation: both states are correct.
  login('f', [40, 45]),
  others('a', [42, 46]),
  me('f', [47, 48]),
  me('e', [47, 48], ENDED),
  me('a', [49, 50], null, { client: FINAL }),
  me('a', [51, 52], null, { client: FINAL, node: 'B' }),
]

describe('the check of a history', () => {
  it('finds no violation in a correct history', () => {
    expect(findViolations(CORRECT).map(formatViolation)).toEqual([])
  })

  it('finds two successors of one token (SR-057)', () => {
    const calls = [login('a'), refresh('a', [2, 5], 0), refresh('a', [3, 6], 0, null, 2)]
    expect(findRules(...calls)).toEqual(['two successors'])
  })

  it('finds an old token that was accepted', () => {
    const calls = [login('a'), refresh('a', [2, 3], 0), refresh('a', [4, 5], 1)]
    expect(findRules(...calls, refresh('a', [6, 7], 0))).toEqual(['an old token accepted'])
    expect(findRules(...calls, refresh('a', [4, 7], 0))).toEqual([])
  })

  it.each([
    ['logout', logout('a', [2, 3])],
    ['logout everywhere, by itself', everywhere('a', [2, 3])],
    ['logout everywhere, by another', everywhere('b', [2, 3])],
    ['revokeSession', revoke('b', [2, 3], 'a')],
    ['revokeOtherSessions', others('b', [2, 3])],
  ])('finds a call that was accepted after the response to %s (SR-066)', (_, end) => {
    const calls = [login('a'), login('b'), end]
    const rule = 'accepted after its end was confirmed'
    for (const late of [me('a', [4, 5]), refresh('a', [4, 5], 0), logout('a', [4, 5]), others('a', [4, 5])])
      expect(findRules(...calls, late)).toContain(rule)
    expect(findRules(...calls, me('a', [2.5, 5]))).toEqual([])
    expect(findRules(...calls, logout('a', [4, 5], null, 0))).toEqual([])
  })

  it('accepts calls that a revocation does not cover', () => {
    const calls = [login('a'), login('b')]
    expect(findRules(...calls, others('b', [2, 3]), me('b', [4, 5]))).toEqual([])
    expect(findRules(...calls, logout('b', [2, 3]), me('a', [4, 5]))).toEqual([])
    expect(findRules(...calls, everywhere('b', [2, 3], 'unknown'), me('a', [4, 5]))).toEqual([])
    expect(findRules(login('a', [0, 4]), login('b'), everywhere('b', [2, 3]), me('a', [5, 6]))).toEqual([])
  })

  it('finds a session that is active again after its end', () => {
    const calls = [login('a'), logout('a', [2, 3], 'unknown'), refresh('a', [4, 5], 0, 'TOKEN_INVALID')]
    expect(findRules(...calls, me('a', [6, 7]))).toEqual(['accepted after it was rejected as ended'])
    expect(findRules(...calls, me('a', [4, 7]))).toEqual([])
  })

  it('finds a session that ended without a cause (SR-165)', () => {
    for (const refused of [
      me('a', [4, 5], ENDED),
      refresh('a', [4, 5], 0, 'TOKEN_INVALID'),
      refresh('a', [4, 5], 0, 'REFRESH_REUSED'),
      logout('a', [4, 5], null, 0),
      revoke('b', [4, 5], 'a', 'NOT_FOUND'),
    ]) {
      const calls = [login('a'), login('b'), refused]
      expect(findRules(...calls)).toEqual(['ended by itself'])
      expect(findRules(...calls, logout('b', [2, 3]))).toEqual(['ended by itself'])
      expect(findRules(...calls, revoke('b', [6, 7], 'a', 'unknown'))).toEqual(['ended by itself'])
    }
    expect(findRules(login('a'), me('a', [4, 5], ENDED), everywhere('a', [2, 3], 'unknown'))).toEqual([])
  })

  it('finds a report of reuse without any reuse (SR-061)', () => {
    const calls = [login('a'), refresh('a', [2, 3], 0)]
    expect(findRules(...calls, refresh('a', [4, 5], 0, 'REFRESH_REUSED'))).toEqual(['ended by itself'])
    expect(findRules(...calls, refresh('a', [4, 5], 1, 'REFRESH_REUSED'))).toEqual(['ended by itself'])
    expect(findRules(...calls, refresh('a', [40_000, 40_001], 0, 'REFRESH_REUSED'))).toEqual([])
    const lost = refresh('a', [4, 5], 1, 'unknown')
    expect(findRules(...calls, lost, refresh('a', [6, 7], 0, 'REFRESH_REUSED'))).toEqual([])
  })

  it('finds nodes that report different states after the load', () => {
    const calls = [login('a'), logout('a', [2, 3], 'unknown'), me('a', [4, 5], ENDED, { client: FINAL })]
    const other = me('a', [4, 5], null, { client: FINAL, node: 'B' })
    expect(findRules(...calls, other)).toEqual(['the nodes disagree'])
  })

  it('finds impossible responses, and prints their calls', () => {
    const strange = me('a', [2, 3], 'INTERNAL_SERVER_ERROR')
    expect(findRules(login('a'), strange)).toEqual(['an impossible response'])
    const foreign = call('a', [2, 3], { name: 'refresh', presented: 'a.0' }, toOutcome(null, issued('b', 1)))
    const [found] = findViolations([login('a'), foreign])
    expect(found && formatViolation(found)).toBe(
      'an impossible response: tokens of another session, or none\n  2.0–3.0 ms  client 1 at A as a: refresh a.0 → ok b.1',
    )
  })
})
