import { availableParallelism } from 'node:os'

/** Password hashes that are computed at a time; `configured` null: one less than the number of cores. */
export function planHashConcurrency(configured: number | null): number {
  return configured ?? Math.max(1, availableParallelism() - 1)
}

/** A permit that was granted, or is waited for. */
interface Request {
  readonly grant: () => void
  isGranted: boolean
}

/**
 * The permits of all workers of a machine for password hashes, in order of arrival. The primary process has
 * them, and workers compute the hashes: no password leaves the process that received it.
 *
 * Ours rather than the bulkhead: a permit is returned by a message, or by the end of the worker that has it,
 * and a reload can change their number while they are used.
 */
export class HashPermits {
  #limit: number
  #granted = 0
  readonly #waiting = new Set<Request>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Permits in use. */
  get granted(): number {
    return this.#granted
  }

  /** Changes the number of permits. Those above a lower number end when they are returned. */
  resize(limit: number): void {
    this.#limit = limit
    this.#grantNext()
  }

  /**
   * Calls `grant` as soon as a permit is free. Returns the function that returns the permit, or ends the wait
   * for it; further calls of it have no effect.
   */
  request(grant: () => void): () => void {
    const request: Request = { grant, isGranted: false }
    this.#waiting.add(request)
    this.#grantNext()
    return () => {
      this.#waiting.delete(request)
      if (!request.isGranted) return
      request.isGranted = false
      this.#granted -= 1
      this.#grantNext()
    }
  }

  #grantNext(): void {
    for (const request of this.#waiting) {
      if (this.#granted >= this.#limit) return
      this.#waiting.delete(request)
      this.#granted += 1
      request.isGranted = true
      request.grant()
    }
  }
}
