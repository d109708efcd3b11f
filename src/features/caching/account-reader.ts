import type { GenerationCache } from '../../core/generation-cache.ts'
import type { User, Users } from '../../ports/users.ts'
import { toAccountGeneration, type Generations } from './generations.ts'

/** Dependencies of the reader. */
export interface AccountReaderDependencies {
  readonly users: Pick<Users, 'findById'>
  readonly generations: Pick<Generations, 'parse'>
  /** Null: accounts are not cached (`CACHE_ACCOUNT_SECONDS=0`). */
  readonly cache: GenerationCache<User> | null
}

/** Reads the account of a caller, from the cache if there is one. */
export class AccountReader {
  readonly #deps: AccountReaderDependencies

  constructor(deps: AccountReaderDependencies) {
    this.#deps = deps
  }

  /** Keys that a request must read from the state store before it can use the cache; none without a cache. */
  listKeys(userId: string): readonly string[] {
    return this.#deps.cache ? [toAccountGeneration(userId)] : []
  }

  /** The account, or null. `readValues`: reads the values of `listKeys`; called only if there is a cache. */
  async find(userId: string, readValues: () => Promise<readonly (string | null)[]>): Promise<User | null> {
    const { users, generations, cache } = this.#deps
    if (!cache) return users.findById(userId)
    const [value = null] = await readValues()
    const generation = generations.parse(toAccountGeneration(userId), value)
    if (generation === null) return users.findById(userId)
    return cache.read(userId, generation, () => users.findById(userId))
  }
}
