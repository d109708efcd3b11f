import {
  findLatestEffect,
  findRefreshViolations,
  groupBy,
  groupRefreshes,
  mayBeReuse,
} from './check-refresh.ts'
import type { Refreshes, Violation } from './check-refresh.ts'
import { FINAL, type Call, type Operation } from './record.ts'

/** A session, and every call that can affect it. */
interface SessionHistory {
  readonly session: string
  /** The sign-in that started it. */
  readonly signIn: Call
  /** Calls with its own tokens, in the order of their responses. */
  readonly own: readonly Call[]
  /** Calls of its account. */
  readonly account: readonly Call[]
  readonly refreshes: Refreshes
  readonly graceMs: number
}

/**
 * Error codes that a correct client can get. All others, such as INTERNAL_SERVER_ERROR, are violations.
 */
const REFUSALS: Readonly<Record<Operation['name'], readonly string[]>> = {
  // A concurrent sign-out everywhere rejects a session that starts after the password check.
  login: ['INVALID_CREDENTIALS'],
  refresh: ['TOKEN_INVALID', 'REFRESH_REUSED'],
  me: ['UNAUTHENTICATED TOKEN_INVALID'],
  revokeSession: ['UNAUTHENTICATED TOKEN_INVALID', 'NOT_FOUND'],
  revokeOtherSessions: ['UNAUTHENTICATED TOKEN_INVALID'],
  logout: [],
  logoutEverywhere: [],
}

/** Error codes of a genuine token whose session has ended. */
const ENDED_CODES = ['UNAUTHENTICATED TOKEN_INVALID', 'TOKEN_INVALID', 'REFRESH_REUSED']

/** Every violation in a record. */
export function findViolations(
  calls: readonly Call[],
  { graceMs }: { readonly graceMs: number } = { graceMs: 30_000 },
): Violation[] {
  const inOrder = [...calls].sort((one, other) => one.end - other.end)
  const accounts = groupBy(inOrder, ({ account }) => account)
  const sessions = groupBy(inOrder, ({ session }) => session)
  const histories = inOrder.flatMap((signIn): SessionHistory[] => {
    const { session, account, operation } = signIn
    if (operation.name !== 'login' || session === null) return []
    const own = (sessions.get(session) ?? []).filter((call) => call !== signIn)
    const refreshes = groupRefreshes(own)
    return [{ session, signIn, own, account: accounts.get(account) ?? [], refreshes, graceMs }]
  })
  return [
    ...inOrder.flatMap(findImpossibleResponses),
    ...histories.flatMap((history) => [
      ...findRefreshViolations(history.refreshes),
      ...findAcceptedTooLate(history),
      ...findEndedByItself(history),
      ...findDisagreement(history),
    ]),
  ]
}

function findImpossibleResponses(call: Call): Violation[] {
  const { operation, outcome } = call
  if (outcome.kind !== 'refused' || REFUSALS[operation.name].includes(outcome.code)) return []
  return [{ rule: 'an impossible response', what: outcome.code, calls: [call] }]
}

/**
 * (SR-066): no call that starts after the end was confirmed is accepted, and a session that was rejected as
 * ended stays ended.
 */
function findAcceptedTooLate(history: SessionHistory): Violation[] {
  const accepted = history.own.filter(isAccepted)
  // The calls are in the order of their responses, so the first one found was the earliest.
  const confirmed = history.account.find((call) => confirmsEnd(call, history))
  const refused = history.account.find((call) => observesEnd(call, history))
  const after = (end: Call | undefined) => accepted.find(({ start }) => end && start > end.end)
  const [late, resurrected] = [after(confirmed), after(refused)]
  return [
    ...(confirmed && late
      ? [toViolation('accepted after its end was confirmed', history, [confirmed, late])]
      : []),
    ...(refused && resurrected
      ? [toViolation('accepted after it was rejected as ended', history, [refused, resurrected])]
      : []),
  ]
}

/** SR-165: a session is reported as ended only if a call ended it. */
function findEndedByItself(history: SessionHistory): Violation[] {
  const causes = history.account.filter((call) => mayEnd(call, history))
  const unfounded = history.account.find((call) => {
    if (!observesEnd(call, history)) return false
    // REFRESH_REUSED refers to the presented token.
    if (isReuse(call)) return !mayBeReuse(call, history.refreshes, history.graceMs)
    return !causes.some((cause) => cause !== call && cause.start < call.end)
  })
  return unfounded ? [toViolation('ended by itself', history, [unfounded])] : []
}

/** After the load, each node reports the same state of the session, for `refresh` as for `me`. */
function findDisagreement(history: SessionHistory): Violation[] {
  const looks = history.own.filter(({ client, outcome }) => client === FINAL && outcome.kind !== 'unknown')
  const active = looks.filter(isAccepted)
  if (active.length === 0 || active.length === looks.length) return []
  return [toViolation('the nodes disagree', history, looks)]
}

/** Whether the response shows that the session was accepted as active. */
function isAccepted({ operation: { name }, outcome }: Call): boolean {
  if (outcome.kind !== 'ok') return false
  // A sign-out without a usable token gets the usual response, and ends no session.
  return name === 'logout' || name === 'logoutEverywhere' ? (outcome.ended ?? 0) > 0 : true
}

/** Whether this response confirms that the session has ended. */
function confirmsEnd(call: Call, { session, signIn }: SessionHistory): boolean {
  const { operation, outcome } = call
  if (outcome.kind !== 'ok') return false
  const isOwn = call.session === session
  const coversAll = signIn.end < call.start
  switch (operation.name) {
    case 'logout':
      return isOwn
    case 'logoutEverywhere':
      // If no session ended, the token may have been unusable.
      return isOwn || (coversAll && (outcome.ended ?? 0) > 0)
    case 'revokeOtherSessions':
      return !isOwn && coversAll
    case 'revokeSession':
      return operation.target === session
    case 'login':
    case 'me':
    case 'refresh':
      return false
  }
}

/** Whether this response shows that the session had already ended. */
function observesEnd(call: Call, { session }: SessionHistory): boolean {
  const { operation, outcome } = call
  if (operation.name === 'revokeSession' && outcome.kind === 'refused' && outcome.code === 'NOT_FOUND')
    return operation.target === session
  if (call.session !== session) return false
  if (operation.name === 'logout' || operation.name === 'logoutEverywhere')
    return outcome.kind === 'ok' && outcome.ended === 0
  return outcome.kind === 'refused' && ENDED_CODES.includes(outcome.code)
}

/** Whether this call may have ended the session. */
function mayEnd(call: Call, { session, signIn, refreshes, graceMs }: SessionHistory): boolean {
  const { operation, outcome } = call
  const isOwn = call.session === session
  if (operation.name === 'refresh')
    return isOwn && outcome.kind !== 'ok' && mayBeReuse(call, refreshes, graceMs)
  if (outcome.kind === 'refused' || (outcome.kind === 'ok' && outcome.ended === 0)) return false
  const reaches = signIn.start < findLatestEffect(call)
  switch (operation.name) {
    case 'logout':
      return isOwn
    case 'logoutEverywhere':
      return reaches
    case 'revokeOtherSessions':
      return !isOwn && reaches
    case 'revokeSession':
      return operation.target === session
    case 'login':
    case 'me':
      return false
  }
}

function isReuse({ outcome }: Call): boolean {
  return outcome.kind === 'refused' && outcome.code === 'REFRESH_REUSED'
}

function toViolation(
  rule: Violation['rule'],
  { session, signIn }: SessionHistory,
  calls: readonly Call[],
): Violation {
  return { rule, what: `session ${session}`, calls: [signIn, ...calls] }
}
