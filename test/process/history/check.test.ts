import { describe, expect, it } from 'vitest'
import { violationText } from './check-refresh.ts'
import { violationsIn } from './check.ts'
import { FINAL, type Call, type Operation, type Outcome } from './record.ts'

type Span = readonly [start: number, end: number]
/** How a call was answered: null for yes, else the code; `unknown` for no answer. */
type Answer = string | null

const ENDED = 'UNAUTHENTICATED TOKEN_INVALID'

function call(session: string, span: Span, operation: Operation, outcome: Outcome, more = {}): Call {
  const [start, end] = span
  return { client: 'client 1', node: 'A', account: 'ada', session, operation, start, end, outcome, ...more }
}

function outcomeOf(answer: Answer, facts: Omit<Extract<Outcome, { kind: 'ok' }>, 'kind'> = {}): Outcome {
  if (answer === null) return { kind: 'ok', ...facts }
  return answer === 'unknown' ? { kind: 'unknown', why: 'cut off' } : { kind: 'refused', code: answer }
}

const issued = (session: string, counter: number) => ({
  issued: { session, accessToken: '', refreshToken: `${session}.${counter}` },
})

/** Small words for calls; a refresh of token n is answered token n + 1 unless told otherwise. */
const login = (session: string, span: Span = [0, 1]) =>
  call(session, span, { name: 'login' }, outcomeOf(null, issued(session, 0)))
const me = (session: string, span: Span, answer: Answer = null, more = {}) =>
  call(session, span, { name: 'me' }, outcomeOf(answer), more)
const refresh = (session: string, span: Span, counter: number, answer: Answer = null, next = counter + 1) =>
  call(
    session,
    span,
    { name: 'refresh', presented: `${session}.${counter}` },
    outcomeOf(answer, issued(session, next)),
  )
const logout = (session: string, span: Span, answer: Answer = null, ended = 1) =>
  call(session, span, { name: 'logout' }, outcomeOf(answer, { ended }))
const everywhere = (session: string, span: Span, answer: Answer = null, ended = 2) =>
  call(session, span, { name: 'logoutEverywhere' }, outcomeOf(answer, { ended }))
const others = (session: string, span: Span, answer: Answer = null, ended = 1) =>
  call(session, span, { name: 'revokeOtherSessions' }, outcomeOf(answer, { ended }))
const revoke = (session: string, span: Span, target: string, answer: Answer = null) =>
  call(session, span, { name: 'revokeSession', target }, outcomeOf(answer))

const rulesIn = (...calls: Call[]) => violationsIn(calls).map(({ rule }) => rule)

/** Every kind of end, each with calls that are right before, during and after it. */
const CORRECT: readonly Call[] = [
  ...['a', 'b', 'c', 'd', 'e'].map((session) => login(session)),
  // Two tabs, a lost response, and the direct predecessor again.
  refresh('a', [2, 5], 0),
  refresh('a', [2, 6], 0),
  refresh('a', [7, 8], 1, 'unknown'),
  refresh('a', [9, 10], 1),
  refresh('a', [11, 12], 1),
  me('a', [13, 14]),
  // Three behind: a copy in other hands.
  refresh('b', [2, 3], 0),
  refresh('b', [4, 5], 1),
  refresh('b', [6, 7], 0, 'REFRESH_REUSED'),
  refresh('b', [8, 9], 2, 'TOKEN_INVALID'),
  // A call that started before the sign-out was answered may still pass.
  logout('c', [20, 24]),
  me('c', [22, 30]),
  me('c', [25, 26], ENDED),
  logout('c', [27, 28], null, 0),
  everywhere('c', [29, 30], null, 0),
  revoke('a', [31, 32], 'd', 'unknown'),
  me('d', [33, 34], ENDED),
  revoke('a', [35, 36], 'd', 'NOT_FOUND'),
  // Born while the others were ended: spared or not, both are right.
  login('f', [40, 45]),
  others('a', [42, 46]),
  me('f', [47, 48]),
  me('e', [47, 48], ENDED),
  me('a', [49, 50], null, { client: FINAL }),
  me('a', [51, 52], null, { client: FINAL, node: 'B' }),
]

describe('the check of a history', () => {
  it('finds nothing in one that keeps every promise', () => {
    expect(violationsIn(CORRECT).map(violationText)).toEqual([])
  })

  it('finds two successors of one token (SR-057)', () => {
    const calls = [login('a'), refresh('a', [2, 5], 0), refresh('a', [3, 6], 0, null, 2)]
    expect(rulesIn(...calls)).toEqual(['two successors'])
  })

  it('finds an old token that was answered', () => {
    const calls = [login('a'), refresh('a', [2, 3], 0), refresh('a', [4, 5], 1)]
    expect(rulesIn(...calls, refresh('a', [6, 7], 0))).toEqual(['an old token accepted'])
    expect(rulesIn(...calls, refresh('a', [4, 7], 0))).toEqual([])
  })

  it.each([
    ['logout', logout('a', [2, 3])],
    ['logout everywhere, by itself', everywhere('a', [2, 3])],
    ['logout everywhere, by another', everywhere('b', [2, 3])],
    ['revokeSession', revoke('b', [2, 3], 'a')],
    ['revokeOtherSessions', others('b', [2, 3])],
  ])('finds what was accepted after %s was answered (SR-066)', (_, end) => {
    const calls = [login('a'), login('b'), end]
    const rule = 'accepted after its end was answered'
    for (const late of [me('a', [4, 5]), refresh('a', [4, 5], 0), logout('a', [4, 5]), others('a', [4, 5])])
      expect(rulesIn(...calls, late)).toContain(rule)
    expect(rulesIn(...calls, me('a', [2.5, 5]))).toEqual([])
    expect(rulesIn(...calls, logout('a', [4, 5], null, 0))).toEqual([])
  })

  it('asks no more of a revocation than it promises', () => {
    const calls = [login('a'), login('b')]
    expect(rulesIn(...calls, others('b', [2, 3]), me('b', [4, 5]))).toEqual([])
    expect(rulesIn(...calls, logout('b', [2, 3]), me('a', [4, 5]))).toEqual([])
    expect(rulesIn(...calls, everywhere('b', [2, 3], 'unknown'), me('a', [4, 5]))).toEqual([])
    expect(rulesIn(login('a', [0, 4]), login('b'), everywhere('b', [2, 3]), me('a', [5, 6]))).toEqual([])
  })

  it('finds a session that came back', () => {
    const calls = [login('a'), logout('a', [2, 3], 'unknown'), refresh('a', [4, 5], 0, 'TOKEN_INVALID')]
    expect(rulesIn(...calls, me('a', [6, 7]))).toEqual(['accepted after it was refused as ended'])
    expect(rulesIn(...calls, me('a', [4, 7]))).toEqual([])
  })

  it('finds a session that ended by itself (SR-165)', () => {
    for (const refused of [
      me('a', [4, 5], ENDED),
      refresh('a', [4, 5], 0, 'TOKEN_INVALID'),
      refresh('a', [4, 5], 0, 'REFRESH_REUSED'),
      logout('a', [4, 5], null, 0),
      revoke('b', [4, 5], 'a', 'NOT_FOUND'),
    ]) {
      const calls = [login('a'), login('b'), refused]
      expect(rulesIn(...calls)).toEqual(['ended by itself'])
      expect(rulesIn(...calls, logout('b', [2, 3]))).toEqual(['ended by itself'])
      expect(rulesIn(...calls, revoke('b', [6, 7], 'a', 'unknown'))).toEqual(['ended by itself'])
    }
    expect(rulesIn(login('a'), me('a', [4, 5], ENDED), everywhere('a', [2, 3], 'unknown'))).toEqual([])
  })

  it('finds reuse where there was none (SR-061)', () => {
    const calls = [login('a'), refresh('a', [2, 3], 0)]
    expect(rulesIn(...calls, refresh('a', [4, 5], 0, 'REFRESH_REUSED'))).toEqual(['ended by itself'])
    expect(rulesIn(...calls, refresh('a', [4, 5], 1, 'REFRESH_REUSED'))).toEqual(['ended by itself'])
    expect(rulesIn(...calls, refresh('a', [40_000, 40_001], 0, 'REFRESH_REUSED'))).toEqual([])
    const lost = refresh('a', [4, 5], 1, 'unknown')
    expect(rulesIn(...calls, lost, refresh('a', [6, 7], 0, 'REFRESH_REUSED'))).toEqual([])
  })

  it('finds nodes that disagree once all is quiet', () => {
    const calls = [login('a'), logout('a', [2, 3], 'unknown'), me('a', [4, 5], ENDED, { client: FINAL })]
    const other = me('a', [4, 5], null, { client: FINAL, node: 'B' })
    expect(rulesIn(...calls, other)).toEqual(['the nodes disagree'])
  })

  it('finds answers that cannot be, and shows the calls', () => {
    const strange = me('a', [2, 3], 'INTERNAL_SERVER_ERROR')
    expect(rulesIn(login('a'), strange)).toEqual(['an answer that cannot be'])
    const foreign = call('a', [2, 3], { name: 'refresh', presented: 'a.0' }, outcomeOf(null, issued('b', 1)))
    const [found] = violationsIn([login('a'), foreign])
    expect(found && violationText(found)).toBe(
      'an answer that cannot be: tokens of another session, or none\n  2.0–3.0 ms  client 1 at A as a: refresh a.0 → ok b.1',
    )
  })
})
