import { DAY_MS, SECOND_MS } from '../../core/duration.ts'
import { AuthError, isRefusal, tolerateOutage } from '../../core/errors.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Logger } from '../../ports/logger.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** Dependencies of the generations. */
export interface GenerationDependencies {
  readonly store: StateStore
  readonly random: Random
  readonly log: Logger
  /**
   * The position in the log of the database, which new generations get; null if it is unknown. Omitted: there
   * is no replica to read from.
   */
  readonly readPosition?: (() => Promise<string | null>) | undefined
}

/** The generations that a change closes. */
export interface GenerationChange {
  readonly keys: readonly string[]
  /** Whether the change must be possible without the state store. */
  readonly urgent: boolean
}

/** Key of the generation of all posts, with the public fields of their authors. */
export const POSTS_GENERATION = 'gen:posts'

/** First characters of the keys of generations of accounts. */
export const ACCOUNT_GENERATION_PREFIX = 'gen:user:'

/** Key of the generation of one account. */
export function toAccountGeneration(userId: string): string {
  return `${ACCOUNT_GENERATION_PREFIX}${userId}`
}

/** Lifetime of a generation; a missing one costs a cache miss and no more. */
const OPEN_TTL_MS = DAY_MS
/**
 * How long a generation stays closed if nothing opens it: longer than a write can take, whose statements the
 * database ends within a second each.
 */
export const CLOSED_TTL_MS = 15 * SECOND_MS
const CLOSED = 'closed:'
/** Between the random value of a generation and the position of its change. */
const POSITION = '@'

/**
 * Where in the log of the database the change that opened a generation is, at the latest; null if that is
 * unknown.
 */
export function parsePosition(generation: string | null): string | null {
  return /@([\dA-F]{1,8}\/[\dA-F]{1,8})$/.exec(generation ?? '')?.[1] ?? null
}

/**
 * Generations of cached data in the state store. Each is a random value, not a counter, which could repeat
 * after the store has lost it. Readers read it before the data and cache the data under it. A change closes
 * it, is written, and then opens a new one: between the two nothing is cached, and afterwards nothing that
 * was read before the change is current.
 */
export class Generations {
  readonly #deps: GenerationDependencies

  constructor(deps: GenerationDependencies) {
    this.#deps = deps
  }

  /**
   * Writes a change of the data of these generations. If the state store cannot close them, it rejects with
   * `SERVICE_UNAVAILABLE` before anything is written; an `urgent` change is written all the same. After the
   * write, a store that fails does not undo it: the generations stay closed until they expire, and the data
   * is read from the database meanwhile.
   */
  async change<Result>({ keys, urgent }: GenerationChange, write: () => Promise<Result>): Promise<Result> {
    await this.#close(keys, urgent)
    const result = await write().catch(async (error: unknown) => {
      // Only a refusal proves that nothing was written: after an outage the change may still be committed.
      if (error instanceof AuthError && error.code !== 'SERVICE_UNAVAILABLE') await this.#open(keys)
      throw error
    })
    await this.#open(keys)
    return result
  }

  /**
   * The generation for readers, as `StateStore.get` returned it: null while a change is being written, or if
   * there is none, which is created then for later requests.
   */
  parse(key: string, value: string | null): string | null {
    if (value === null) this.#create(key)
    return value === null || value.startsWith(CLOSED) ? null : value
  }

  #create(key: string): void {
    const { store, random, readPosition } = this.#deps
    const create = async (value: string) => {
      await store.set(key, value, OPEN_TTL_MS, { ifAbsent: true })
    }
    // Without a replica at once, so that the next request finds it.
    void tolerateOutage(readPosition ? this.#newGeneration().then(create) : create(newId(random)))
  }

  async #close(keys: readonly string[], urgent: boolean): Promise<void> {
    try {
      await this.#setAll(keys, `${CLOSED}${newId(this.#deps.random)}`, CLOSED_TTL_MS)
    } catch (error) {
      if (!urgent || !isRefusal(error, 'SERVICE_UNAVAILABLE')) throw error
      this.#warn(keys, 'the state store failed before an urgent change')
    }
  }

  async #open(keys: readonly string[]): Promise<void> {
    try {
      await this.#setAll(keys, await this.#newGeneration(), OPEN_TTL_MS)
    } catch (error) {
      if (!isRefusal(error, 'SERVICE_UNAVAILABLE')) throw error
      this.#warn(keys, 'the state store failed after a change was written')
    }
  }

  #warn(keys: readonly string[], reason: string): void {
    this.#deps.log.warn({ event: 'cache.paused', keys: keys.length, reason }, 'caching paused')
  }

  /** A value that was never used before, with the position of everything that is committed. */
  async #newGeneration(): Promise<string> {
    const { random, readPosition } = this.#deps
    const position = (await readPosition?.()) ?? null
    return position === null ? newId(random) : `${newId(random)}${POSITION}${position}`
  }

  async #setAll(keys: readonly string[], value: string, ttlMs: number): Promise<void> {
    await Promise.all(keys.map((key) => this.#deps.store.set(key, value, ttlMs)))
  }
}
