import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Options } from '@node-rs/argon2'
import { Piscina } from 'piscina'
import { unavailable } from '../../core/errors.ts'
import { costOf, decoyHash, type PasswordCost } from '../../core/password-cost.ts'
import type { Random } from '../../core/secrets.ts'
import type { PasswordHasher, Passwords } from '../../ports/password-hasher.ts'
import { BulkheadRejectedError, createBulkhead } from '../resilience/bulkhead.ts'

/** How much may be hashed, and at what cost. */
export interface HashingOptions {
  readonly cost: PasswordCost
  /** Hashes at a time; null: one fewer than cores, at least 1. */
  readonly concurrency: number | null
  /** Requests that may wait for one; null: as many as are served in about a second, within `places`. */
  readonly queue: number | null
  /** Most requests that hash or wait for it, unless `queue` says otherwise: others have to find room beside them. */
  readonly places: number
}

/** Hashing with threads of its own. */
export interface HashingPool extends Passwords {
  /** Ends the threads, and what they are doing. */
  close(): Promise<void>
}

/** `Algorithm.Argon2id` of the library: an ambient const enum, which isolated modules cannot read. */
const ARGON2ID = 2
/** KiB times passes that one core does in 20 ms, at a guess that is on the safe side. */
const WORK_PER_20_MS = 19_456 * 2
/** How long a thread stays without work: starting one takes about as long as a hash. */
const IDLE_MS = 60_000

type Task =
  | { readonly password: string; readonly options: Options }
  | { readonly password: string; readonly stored: string }

/**
 * argon2id in threads of a pool of its own, which on Linux give way to everything else (`argon2-worker.js`): the event loop, and
 * the pool of libuv, where signatures and files are worked on, do not wait for passwords, however many are being guessed.
 */
export function createPasswords({ cost, ...room }: HashingOptions, random: Random): HashingPool {
  const { memoryKib: memoryCost, passes: timeCost, lanes: parallelism } = cost
  const options: Options = { memoryCost, timeCost, parallelism, algorithm: ARGON2ID, outputLen: 32 }
  const decoy = decoyHash(cost, random)
  const { concurrency, queue } = planHashing(cost, room)
  // A place is kept from the start of a request, and nobody waits for one; who has one waits in the pool, in turn, for a thread.
  const places = createBulkhead({ places: concurrency + queue, maxWaiting: 0, patienceMs: 0 })
  const pool = openPool(concurrency)

  const hasher: PasswordHasher = {
    hash: async (password) => (await pool.run({ password, options }, { name: 'hash' })) as string,
    async matches(stored, password) {
      const fits = await pool.run({ password, stored: stored ?? decoy }, { name: 'matches' })
      return stored !== null && fits === true
    },
  }
  return {
    async reserve(work) {
      try {
        return await places.run(() => work(hasher))
      } catch (error) {
        throw error instanceof BulkheadRejectedError ? unavailable(error) : error
      }
    },
    isCurrent(stored) {
      const made = costOf(stored)
      return made?.memoryKib === memoryCost && made.passes === timeCost && made.lanes === parallelism
    },
    close: () => pool.destroy(),
  }
}

/** Threads that know neither the settings nor the flags of this process. They start with the first password. */
function openPool(threads: number): Piscina<Task, string | boolean> {
  return new Piscina({
    filename: join(import.meta.dirname, 'argon2-worker.js'),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    env: {},
    execArgv: [],
  })
}

function planHashing(cost: PasswordCost, { concurrency, queue, places }: Omit<HashingOptions, 'cost'>) {
  const atOnce = concurrency ?? Math.max(1, availableParallelism() - 1)
  const inASecond = Math.round(atOnce * 50 * (WORK_PER_20_MS / (cost.memoryKib * cost.passes)))
  return { concurrency: atOnce, queue: queue ?? Math.max(1, Math.min(inASecond, places - atOnce)) }
}
