import { createChoices } from '../../process/history/random.ts'

/** Repeatable randomness. */
export interface SeededRandom {
  /** A uniform integer in [0, below). */
  integer(below: number): number
  /** An item of the list, which must not be empty. */
  pick<Item>(items: readonly Item[]): Item
}

/** Creates the same sequence for the same seed. */
export function createSeededRandom(seed: number): SeededRandom {
  const choices = createChoices(seed)
  return {
    integer: (below) => Math.floor(choices.fraction() * below),
    pick(items) {
      const item = choices.pick(items)
      if (item === undefined) throw new Error('nothing to pick')
      return item
    },
  }
}
