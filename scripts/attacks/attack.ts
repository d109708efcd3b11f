import type { Target } from './target.ts'

/** An attack and its expected outcome. */
export interface Attack {
  readonly name: string
  /** The outcome that `run` must return. */
  readonly expected: string
  /** Waits for many seconds: started first, awaited last. */
  readonly slow?: boolean
  readonly run: (target: Target) => Promise<string>
}

/** The outcome of an attack. */
export interface Outcome {
  readonly name: string
  readonly expected: string
  readonly actual: string
  readonly seconds: number
}

/** Runs attacks on one gateway. If an attack itself fails, its error is the actual outcome. */
export async function runAttacks(target: Target, attacks: readonly Attack[]): Promise<Outcome[]> {
  const outcome = async ({ name, expected, run }: Attack): Promise<Outcome> => {
    const started = performance.now()
    const actual = await run(target).catch((error: unknown) => `failed: ${String(error)}`)
    return { name, expected, actual, seconds: (performance.now() - started) / 1000 }
  }
  const slow = attacks.filter((attack) => attack.slow).map(outcome)
  const quick: Outcome[] = []
  for (const attack of attacks) if (!attack.slow) quick.push(await outcome(attack))
  return [...quick, ...(await Promise.all(slow))]
}

/** The distinct values in order of appearance, with their counts: `400 ×3, 415`. */
export function tally(values: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].map(([value, count]) => (count === 1 ? `${value}` : `${value} ×${count}`)).join(', ')
}
