import { availableParallelism } from 'node:os'
import { hash, verify, type Options } from '@node-rs/argon2'
import { unavailable } from '../core/errors.ts'
import { costOf, decoyHash, type PasswordCost } from '../core/password-cost.ts'
import type { Random } from '../core/secrets.ts'
import type { PasswordHasher, Passwords } from '../ports/passwords.ts'
import { WaitingLineError, createWaitingLine } from './waiting-line.ts'

/** How much may be hashed, and at what cost. */
export interface HashingOptions {
  readonly cost: PasswordCost
  /** Hashes at a time; null: one core and one thread fewer than there are, at least 1. */
  readonly concurrency: number | null
  /** Requests that may wait for one; null: as many as are served in about a second. */
  readonly queue: number | null
  /** Threads of libuv's pool. */
  readonly threads: number
}

/** `Algorithm.Argon2id` of the library: an ambient const enum, which isolated modules cannot read. */
const ARGON2ID = 2
/** KiB times passes that one core does in 20 ms, at a guess that is on the safe side. */
const WORK_PER_20_MS = 19_456 * 2
/** Longest that the line may stand still: the machine is stuck then, not busy. */
const PATIENCE_MS = 10_000

/**
 * argon2id in libuv's pool, where the library works. Signatures, files and name look-ups work there too, four at a time unless
 * `UV_THREADPOOL_SIZE` says otherwise: hashing leaves them a thread, and the event loop a core, so that requests that need no
 * password are served while the line is full.
 */
export function createPasswords({ cost, ...room }: HashingOptions, random: Random): Passwords {
  const { memoryKib: memoryCost, passes: timeCost, lanes: parallelism } = cost
  const options: Options = { memoryCost, timeCost, parallelism, algorithm: ARGON2ID, outputLen: 32 }
  const decoy = decoyHash(cost, random)
  const { concurrency, queue } = roomOf(cost, room)
  // Two lines: the places that are kept from the start of a request, and the hashes at a time. Whoever has a place waits in
  // the second for as long as it moves, behind no more than all the others with one.
  const places = createWaitingLine({
    places: concurrency + queue,
    maxWaiting: 0,
    patienceMs: PATIENCE_MS,
  })
  const turns = createWaitingLine({ places: concurrency, maxWaiting: queue, patienceMs: PATIENCE_MS })

  const hasher: PasswordHasher = {
    hash: (password) => turns.run(() => hash(password, options)),
    async matches(stored, password) {
      const fits = await turns.run(() => verify(stored ?? decoy, password))
      return stored !== null && fits
    },
  }
  return {
    async reserve(work) {
      try {
        return await places.run(() => work(hasher))
      } catch (error) {
        throw error instanceof WaitingLineError ? unavailable(error) : error
      }
    },
    isCurrent(stored) {
      const made = costOf(stored)
      return made?.memoryKib === memoryCost && made.passes === timeCost && made.lanes === parallelism
    },
  }
}

function roomOf(cost: PasswordCost, { concurrency, queue, threads }: Omit<HashingOptions, 'cost'>) {
  const atOnce = concurrency ?? Math.max(1, Math.min(availableParallelism(), threads) - 1)
  const perSecond = 50 * (WORK_PER_20_MS / (cost.memoryKib * cost.passes))
  return { concurrency: atOnce, queue: queue ?? Math.max(1, Math.round(atOnce * perSecond)) }
}
