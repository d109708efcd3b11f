import { groupedBy, mayBeReuse, latestEffect, refreshViolations, refreshesOf } from './check-refresh.ts'
import type { Refreshes, Violation } from './check-refresh.ts'
import { FINAL, type Call, type Operation } from './record.ts'

/** One session, and every call that could concern it. */
interface Story {
  readonly session: string
  /** The sign-in that started it. */
  readonly born: Call
  /** Calls with its own tokens, in the order of their answers. */
  readonly own: readonly Call[]
  /** Calls of its account. */
  readonly account: readonly Call[]
  readonly refreshes: Refreshes
  readonly graceMs: number
}

/**
 * Refusals that an honest client may meet. Everything else, INTERNAL_SERVER_ERROR above all, is none of them.
 */
const REFUSALS: Readonly<Record<Operation['name'], readonly string[]>> = {
  // A sign-out everywhere between the look at the password and the start refuses the start.
  login: ['INVALID_CREDENTIALS'],
  refresh: ['TOKEN_INVALID', 'REFRESH_REUSED'],
  me: ['UNAUTHENTICATED TOKEN_INVALID'],
  revokeSession: ['UNAUTHENTICATED TOKEN_INVALID', 'NOT_FOUND'],
  revokeOtherSessions: ['UNAUTHENTICATED TOKEN_INVALID'],
  logout: [],
  logoutEverywhere: [],
}

/** Refusals that say of a genuine token that its session has ended. */
const ENDED_CODES = ['UNAUTHENTICATED TOKEN_INVALID', 'TOKEN_INVALID', 'REFRESH_REUSED']

/** Every promise that the record shows broken. */
export function violationsIn(
  calls: readonly Call[],
  { graceMs }: { readonly graceMs: number } = { graceMs: 30_000 },
): Violation[] {
  const inOrder = [...calls].sort((one, other) => one.end - other.end)
  const accounts = groupedBy(inOrder, ({ account }) => account)
  const sessions = groupedBy(inOrder, ({ session }) => session)
  const stories = inOrder.flatMap((born): Story[] => {
    const { session, account, operation } = born
    if (operation.name !== 'login' || session === null) return []
    const own = (sessions.get(session) ?? []).filter((call) => call !== born)
    const refreshes = refreshesOf(own)
    return [{ session, born, own, account: accounts.get(account) ?? [], refreshes, graceMs }]
  })
  return [
    ...inOrder.flatMap(strangeAnswer),
    ...stories.flatMap((story) => [
      ...refreshViolations(story.refreshes),
      ...acceptedTooLate(story),
      ...endedByItself(story),
      ...disagreement(story),
    ]),
  ]
}

function strangeAnswer(call: Call): Violation[] {
  const { operation, outcome } = call
  if (outcome.kind !== 'refused' || REFUSALS[operation.name].includes(outcome.code)) return []
  return [{ rule: 'an answer that cannot be', what: outcome.code, calls: [call] }]
}

/**
 * (SR-066): nothing that starts after the end was answered is accepted. And what was refused as ended never
 * comes back.
 */
function acceptedTooLate(story: Story): Violation[] {
  const accepted = story.own.filter(isAccepted)
  // In the order of their answers, so that the first one found was answered first.
  const answered = story.account.find((call) => answersTheEnd(call, story))
  const refused = story.account.find((call) => sawItEnded(call, story))
  const after = (end: Call | undefined) => accepted.find(({ start }) => end && start > end.end)
  const [late, resurrected] = [after(answered), after(refused)]
  return [
    ...(answered && late ? [violation('accepted after its end was answered', story, [answered, late])] : []),
    ...(refused && resurrected
      ? [violation('accepted after it was refused as ended', story, [refused, resurrected])]
      : []),
  ]
}

/** SR-165: whoever is told that the session has ended is told so for a reason. */
function endedByItself(story: Story): Violation[] {
  const causes = story.account.filter((call) => mayEndIt(call, story))
  const unfounded = story.account.find((call) => {
    if (!sawItEnded(call, story)) return false
    // REFRESH_REUSED speaks of the very token that came.
    if (isReuse(call)) return !mayBeReuse(call, story.refreshes, story.graceMs)
    return !causes.some((cause) => cause !== call && cause.start < call.end)
  })
  return unfounded ? [violation('ended by itself', story, [unfounded])] : []
}

/** Once all is quiet, each node says the same of the session, and refresh says what `me` says. */
function disagreement(story: Story): Violation[] {
  const looks = story.own.filter(({ client, outcome }) => client === FINAL && outcome.kind !== 'unknown')
  const living = looks.filter(isAccepted)
  if (living.length === 0 || living.length === looks.length) return []
  return [violation('the nodes disagree', story, looks)]
}

/** Whether the answer shows that the session was taken for a living one. */
function isAccepted({ operation: { name }, outcome }: Call): boolean {
  if (outcome.kind !== 'ok') return false
  // Without a usable token a sign-out is answered like any other, and ends nothing.
  return name === 'logout' || name === 'logoutEverywhere' ? (outcome.ended ?? 0) > 0 : true
}

/** Whether this answer promises that the session has ended. */
function answersTheEnd(call: Call, { session, born }: Story): boolean {
  const { operation, outcome } = call
  if (outcome.kind !== 'ok') return false
  const isOwn = call.session === session
  const coversAll = born.end < call.start
  switch (operation.name) {
    case 'logout':
      return isOwn
    case 'logoutEverywhere':
      // None ended: perhaps the token was no longer usable, and nothing was done.
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

/** Whether this answer shows that the session had ended before. */
function sawItEnded(call: Call, { session }: Story): boolean {
  const { operation, outcome } = call
  if (operation.name === 'revokeSession' && outcome.kind === 'refused' && outcome.code === 'NOT_FOUND')
    return operation.target === session
  if (call.session !== session) return false
  if (operation.name === 'logout' || operation.name === 'logoutEverywhere')
    return outcome.kind === 'ok' && outcome.ended === 0
  return outcome.kind === 'refused' && ENDED_CODES.includes(outcome.code)
}

/** Whether the session may have ended through this call. */
function mayEndIt(call: Call, { session, born, refreshes, graceMs }: Story): boolean {
  const { operation, outcome } = call
  const isOwn = call.session === session
  if (operation.name === 'refresh')
    return isOwn && outcome.kind !== 'ok' && mayBeReuse(call, refreshes, graceMs)
  if (outcome.kind === 'refused' || (outcome.kind === 'ok' && outcome.ended === 0)) return false
  const reaches = born.start < latestEffect(call)
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

function violation(rule: Violation['rule'], { session, born }: Story, calls: readonly Call[]): Violation {
  return { rule, what: `session ${session}`, calls: [born, ...calls] }
}
