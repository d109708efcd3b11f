import { join } from 'node:path'
import type { Options } from '@node-rs/argon2'
import { Piscina } from 'piscina'
import { MINUTE_MS } from '../../core/duration.ts'
import { parsePasswordCost, createDecoyHash, type PasswordCost } from '../../core/password-cost.ts'
import type { Random } from '../../core/secrets.ts'
import type { PasswordHasher, PasswordHashing } from '../../ports/password-hasher.ts'
import type { Permits, SharedHashing } from '../../ports/shared-hashing.ts'
import { createBulkhead, throwUnavailable } from '../resilience/bulkhead.ts'
import { planHashConcurrency } from './hash-permits.ts'

/** Cost and capacity of hashing. */
export interface HashingOptions {
  readonly cost: PasswordCost
  /** Concurrent hashes; null: one less than the number of cores, at least 1. */
  readonly concurrency: number | null
  /** Queued requests; null: as many as are served in about a second, within `maxRequests`. */
  readonly queue: number | null
  /** Most requests that hash or are queued, unless `queue` is set. Leaves capacity for other requests. */
  readonly maxRequests: number
  /** What this process shares with others. Default: nothing. */
  readonly shared?: SharedHashing
}

/** Hashing in a thread pool. */
export interface HashingPool extends PasswordHashing {
  /** Terminates the threads and their work. */
  close(): Promise<void>
}

/** `Algorithm.Argon2id` of the library: an ambient const enum, which `isolatedModules` cannot import. */
const ARGON2ID = 2
/** KiB times passes that one core computes in 20 ms, estimated conservatively. */
const WORK_PER_20_MS = 19_456 * 2
/** Milliseconds until an idle thread ends. Starting one takes about as long as a hash. */
const IDLE_TIMEOUT_MS = MINUTE_MS

/** The threads of the pool are the only bound. */
const UNSHARED: Permits = { run: (work) => work() }

type Task =
  | { readonly password: string; readonly options: Options }
  | { readonly password: string; readonly stored: string }

/**
 * argon2id in a separate thread pool, with low priority on Linux (`argon2-worker.js`). Password guessing
 * therefore does not delay the event loop or libuv's pool, which handles signatures and files.
 */
export function createPasswordHashing({ cost, ...capacity }: HashingOptions, random: Random): HashingPool {
  const { memoryKib: memoryCost, passes: timeCost, lanes: parallelism } = cost
  const options: Options = { memoryCost, timeCost, parallelism, algorithm: ARGON2ID, outputLen: 32 }
  const decoy = createDecoyHash(cost, random)
  const { threads, places } = planCapacity(cost, capacity)
  // Admission is decided at the start of a request, without waiting. Admitted requests queue for a permit and
  // a thread of the pool.
  const admission = createBulkhead({ concurrency: places, maxQueued: 0, stallTimeoutMs: 0 })
  const pool = openPool(threads)
  const { permits = UNSHARED } = capacity.shared ?? {}
  const run = (task: Task, name: string) => permits.run(() => pool.run(task, { name }))

  const hasher: PasswordHasher = {
    hash: async (password) => (await run({ password, options }, 'hash')) as string,
    async matches(stored, password) {
      const isMatch = await run({ password, stored: stored ?? decoy }, 'matches')
      return stored !== null && isMatch === true
    },
  }
  return {
    reserve: (work) => admission.run(() => work(hasher)).catch(throwUnavailable),
    isCurrent(stored) {
      const parsed = parsePasswordCost(stored)
      return parsed?.memoryKib === memoryCost && parsed.passes === timeCost && parsed.lanes === parallelism
    },
    close: () => pool.destroy(),
  }
}

/** Threads without the environment and flags of this process. They start with the first password. */
function openPool(threads: number): Piscina<Task, string | boolean> {
  return new Piscina({
    filename: join(import.meta.dirname, 'argon2-worker.js'),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_TIMEOUT_MS,
    env: {},
    execArgv: [],
  })
}

/**
 * Threads and admitted requests of this process. One process may use every permit, so each has all threads.
 */
function planCapacity(cost: PasswordCost, capacity: Omit<HashingOptions, 'cost'>) {
  const concurrency = planHashConcurrency(capacity.concurrency)
  const { processes = 1 } = capacity.shared ?? {}
  const perSecond = Math.round(concurrency * 50 * (WORK_PER_20_MS / (cost.memoryKib * cost.passes)))
  const most = capacity.maxRequests * processes - concurrency
  const queue = capacity.queue ?? Math.max(1, Math.min(perSecond, most))
  return { threads: concurrency, places: Math.ceil((concurrency + queue) / processes) }
}
