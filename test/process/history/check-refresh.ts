import { described, type Call } from './record.ts'

/** A promise that the record shows broken. */
export interface Violation {
  readonly rule: Rule
  readonly what: string
  /** The calls that show it. */
  readonly calls: readonly Call[]
}

/** What can be found broken. */
export type Rule =
  | 'two successors'
  | 'an old token accepted'
  | 'accepted after its end was answered'
  | 'accepted after it was refused as ended'
  | 'ended by itself'
  | 'the nodes disagree'
  | 'an answer that cannot be'

/** A violation with its calls, one a line. */
export function violationText({ rule, what, calls }: Violation): string {
  return [`${rule}: ${what}`, ...calls.map((call) => `  ${described(call)}`)].join('\n')
}

/**
 * How long a call without an answer may still take effect: the gateway and its stores give up well within
 * this.
 */
const LATEST_EFFECT_MS = 5000
/** How far the clocks of the gateways and of this process may drift apart during the grace window. */
const DRIFT_MS = 1000

/** The last moment at which a call can have taken effect. */
export function latestEffect({ end, outcome }: Call): number {
  return outcome.kind === 'unknown' ? end + LATEST_EFFECT_MS : end
}

/** Things by what they have in common, in their order. `Map.groupBy` is not in Node 20. */
export function groupedBy<Thing, Key>(
  things: readonly Thing[],
  keyOf: (thing: Thing) => Key,
): ReadonlyMap<Key, Thing[]> {
  const groups = new Map<Key, Thing[]>()
  for (const thing of things) {
    const group = groups.get(keyOf(thing))
    if (group) group.push(thing)
    else groups.set(keyOf(thing), [thing])
  }
  return groups
}

/** The refreshes of one session by the token they presented. */
export type Refreshes = ReadonlyMap<string, readonly Call[]>

/** Sorts the refreshes among some calls by the token they presented. */
export function refreshesOf(calls: readonly Call[]): Refreshes {
  return groupedBy(
    calls.filter(({ operation }) => operation.name === 'refresh'),
    presentedIn,
  )
}

/**
 * Whether this refresh may have come with a token older than the last one: its successor may have been spent
 * before it took effect, or the grace window may have closed. A successor that nobody was told cannot have
 * been presented.
 */
export function mayBeReuse(call: Call, refreshes: Refreshes, graceMs: number): boolean {
  const others = spending(presentedIn(call), refreshes).filter((other) => other !== call)
  const late = latestEffect(call)
  if (others.some(({ start }) => late - start >= graceMs - DRIFT_MS)) return true
  const successors = new Set(others.map(successorIn).concat(successorIn(call)))
  return [...successors].some((token) =>
    spending(token, refreshes).some((other) => other !== call && other.start < late),
  )
}

/** What is wrong with the successors that a session's refreshes were answered: (SR-057), (SR-058). */
export function refreshViolations(refreshes: Refreshes): Violation[] {
  return [...refreshes.values()].flatMap((calls) => {
    const answered = calls.filter(({ outcome }) => outcome.kind === 'ok')
    return [...twoSuccessors(answered), ...oldAccepted(answered, refreshes), ...foreign(answered)]
  })
}

function twoSuccessors(answered: readonly Call[]): Violation[] {
  const [first, ...others] = answered
  const other = others.find((call) => first && successorIn(call) !== successorIn(first))
  if (!first || !other) return []
  return [{ rule: 'two successors', what: 'one token was answered two of them', calls: [first, other] }]
}

/**
 * Once the successor of a token was itself spent, the token is two behind: only a copy in other hands comes
 * with it.
 */
function oldAccepted(answered: readonly Call[], refreshes: Refreshes): Violation[] {
  return answered.flatMap((call): Violation[] => {
    const spent = (refreshes.get(successorIn(call)) ?? []).find(
      ({ outcome, end }) => outcome.kind === 'ok' && end < call.start,
    )
    if (!spent) return []
    const what = 'its successor had been spent, yet it was answered'
    return [{ rule: 'an old token accepted', what, calls: [spent, call] }]
  })
}

function foreign(answered: readonly Call[]): Violation[] {
  return answered
    .filter((call) => call.outcome.kind === 'ok' && call.outcome.issued?.session !== call.session)
    .map((call) => ({
      rule: 'an answer that cannot be',
      what: 'tokens of another session, or none',
      calls: [call],
    }))
}

/** Refreshes that may have spent a token: a refused one spends nothing. */
function spending(token: string, refreshes: Refreshes): readonly Call[] {
  return (refreshes.get(token) ?? []).filter(({ outcome }) => outcome.kind !== 'refused')
}

function presentedIn({ operation }: Call): string {
  return operation.name === 'refresh' ? operation.presented : ''
}

function successorIn({ outcome }: Call): string {
  return outcome.kind === 'ok' ? (outcome.issued?.refreshToken ?? '') : ''
}
