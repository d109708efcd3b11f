import { formatCall, type Call } from './record.ts'

/** A violated guarantee. */
export interface Violation {
  readonly rule: Rule
  readonly what: string
  /** The calls that prove it. */
  readonly calls: readonly Call[]
}

/** The guarantees that the check covers, by their violation. */
export type Rule =
  | 'two successors'
  | 'an old token accepted'
  | 'accepted after its end was confirmed'
  | 'accepted after it was rejected as ended'
  | 'ended by itself'
  | 'the nodes disagree'
  | 'an impossible response'

/** A violation with its calls, one per line. */
export function formatViolation({ rule, what, calls }: Violation): string {
  return [`${rule}: ${what}`, ...calls.map((call) => `  ${formatCall(call)}`)].join('\n')
}

/**
 * How long a call without a response may still take effect. The timeouts of the gateway and its stores are
 * shorter.
 */
const LATEST_EFFECT_MS = 5000
/** Maximum drift between the clocks of the gateways and of this process during the grace window. */
const DRIFT_MS = 1000

/** The latest time at which a call can have taken effect. */
export function findLatestEffect({ end, outcome }: Call): number {
  return outcome.kind === 'unknown' ? end + LATEST_EFFECT_MS : end
}

/** Items grouped by a key, in their order. Node 20 has no `Map.groupBy`. */
export function groupBy<Item, Key>(
  items: readonly Item[],
  toKey: (item: Item) => Key,
): ReadonlyMap<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const group = groups.get(toKey(item))
    if (group) group.push(item)
    else groups.set(toKey(item), [item])
  }
  return groups
}

/** The refreshes of one session by the token they presented. */
export type Refreshes = ReadonlyMap<string, readonly Call[]>

/** The refreshes among some calls, grouped by the token that they presented. */
export function groupRefreshes(calls: readonly Call[]): Refreshes {
  return groupBy(
    calls.filter(({ operation }) => operation.name === 'refresh'),
    readPresented,
  )
}

/**
 * Whether this refresh may have presented a superseded token: its successor may have been used before the
 * refresh took effect, or the grace window may have ended. A successor that was never returned cannot have
 * been presented.
 */
export function mayBeReuse(call: Call, refreshes: Refreshes, graceMs: number): boolean {
  const others = findSpending(readPresented(call), refreshes).filter((other) => other !== call)
  const late = findLatestEffect(call)
  if (others.some(({ start }) => late - start >= graceMs - DRIFT_MS)) return true
  const successors = new Set(others.map(readSuccessor).concat(readSuccessor(call)))
  return [...successors].some((token) =>
    findSpending(token, refreshes).some((other) => other !== call && other.start < late),
  )
}

/** Violations by the successors that the refreshes of a session returned: (SR-057), (SR-058). */
export function findRefreshViolations(refreshes: Refreshes): Violation[] {
  return [...refreshes.values()].flatMap((calls) => {
    const accepted = calls.filter(({ outcome }) => outcome.kind === 'ok')
    return [
      ...findTwoSuccessors(accepted),
      ...findOldAccepted(accepted, refreshes),
      ...findForeignTokens(accepted),
    ]
  })
}

function findTwoSuccessors(accepted: readonly Call[]): Violation[] {
  const [first, ...others] = accepted
  const other = others.find((call) => first && readSuccessor(call) !== readSuccessor(first))
  if (!first || !other) return []
  return [{ rule: 'two successors', what: 'one token got two successors', calls: [first, other] }]
}

/**
 * Once the successor of a token has been used, the token is two generations old: only a stolen copy can
 * present it.
 */
function findOldAccepted(accepted: readonly Call[], refreshes: Refreshes): Violation[] {
  return accepted.flatMap((call): Violation[] => {
    const spent = (refreshes.get(readSuccessor(call)) ?? []).find(
      ({ outcome, end }) => outcome.kind === 'ok' && end < call.start,
    )
    if (!spent) return []
    const what = 'it was accepted although its successor had been used'
    return [{ rule: 'an old token accepted', what, calls: [spent, call] }]
  })
}

function findForeignTokens(accepted: readonly Call[]): Violation[] {
  return accepted
    .filter((call) => call.outcome.kind === 'ok' && call.outcome.issued?.session !== call.session)
    .map((call) => ({
      rule: 'an impossible response',
      what: 'tokens of another session, or none',
      calls: [call],
    }))
}

/** Refreshes that may have used a token. A rejected refresh uses none. */
function findSpending(token: string, refreshes: Refreshes): readonly Call[] {
  return (refreshes.get(token) ?? []).filter(({ outcome }) => outcome.kind !== 'refused')
}

function readPresented({ operation }: Call): string {
  return operation.name === 'refresh' ? operation.presented : ''
}

function readSuccessor({ outcome }: Call): string {
  return outcome.kind === 'ok' ? (outcome.issued?.refreshToken ?? '') : ''
}
