import type { Target } from './target.ts'

/** One thing that an attacker tries, and what must come of it. */
export interface Attack {
  readonly name: string
  /** In words; `run` must come back with the very same. */
  readonly expected: string
  /** Takes many seconds of waiting: begun first, looked at last. */
  readonly slow?: boolean
  readonly run: (target: Target) => Promise<string>
}

/** How one ended. */
export interface Outcome {
  readonly name: string
  readonly expected: string
  readonly seen: string
  readonly seconds: number
}

/** Runs all of them at one gateway; a failure of the attack itself is what was seen. */
export async function runAttacks(target: Target, attacks: readonly Attack[]): Promise<Outcome[]> {
  const outcome = async ({ name, expected, run }: Attack): Promise<Outcome> => {
    const begun = performance.now()
    const seen = await run(target).catch((error: unknown) => `failed: ${String(error)}`)
    return { name, expected, seen, seconds: (performance.now() - begun) / 1000 }
  }
  const slow = attacks.filter((attack) => attack.slow).map(outcome)
  const quick: Outcome[] = []
  for (const attack of attacks) if (!attack.slow) quick.push(await outcome(attack))
  return [...quick, ...(await Promise.all(slow))]
}

/** The values in the order they first came, once each, with how often: `400 ×3, 415`. */
export function tally(values: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].map(([value, count]) => (count === 1 ? `${value}` : `${value} ×${count}`)).join(', ')
}
