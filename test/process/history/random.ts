/** Choices that are the same in every run with the same seed. */
export interface Choices {
  /** From 0 up to, not including, 1. */
  fraction(): number
  between(least: number, most: number): number
  chance(probability: number): boolean
  /** An item of the list; undefined for an empty list. */
  pick<T>(list: readonly T[]): T | undefined
  /** A name, with a probability in proportion to its weight. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
}

/** Choices from a seed, by the mulberry32 generator. */
export function createChoices(seed: number): Choices {
  let state = seed >>> 0

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  function weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights) as Name[]
    const total = names.reduce((sum, name) => sum + weights[name], 0)
    let left = fraction() * total
    const found = names.find((name) => (left -= weights[name]) < 0) ?? names.at(-1)
    if (found === undefined) throw new Error('nothing to choose from')
    return found
  }

  return {
    fraction,
    between: (least, most) => least + fraction() * (most - least),
    chance: (probability) => fraction() < probability,
    pick: (list) => list[Math.floor(fraction() * list.length)],
    weighted,
  }
}
