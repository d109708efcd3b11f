import { setTimeout as sleep } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '../../core/duration.ts'
import type { Logger } from '../../ports/logger.ts'
import type { StartMessage } from './messages.ts'
import { WorkerProcess, type WorkerDependencies, type WorkerEnd } from './worker-process.ts'

/** What a set of workers needs beside its settings. */
export interface WorkerSetDependencies extends WorkerDependencies {
  readonly log: Logger
  /** Called once for each worker that has ended. */
  readonly onEnd: (worker: WorkerProcess) => void
  /** Called for each worker that ended without being told to, and each replacement that could not start. */
  readonly onFailure: () => void
}

/** Pauses before a replacement, in milliseconds: doubled with each worker that ends soon. */
const PAUSES = { min: SECOND_MS / 10, max: 30 * SECOND_MS }
/** A worker that served for so long has not ended because of its start, in milliseconds. */
const SETTLED_MS = MINUTE_MS

/** The workers that serve with the same settings. A worker that ends without being told to is replaced. */
export class WorkerSet {
  readonly #workers = new Set<WorkerProcess>()
  readonly #start: StartMessage
  readonly #deps: WorkerSetDependencies
  readonly #ending = new AbortController()
  #failures = 0

  constructor(start: StartMessage, deps: WorkerSetDependencies) {
    this.#start = start
    this.#deps = deps
  }

  /** All processes, also those that start or end. */
  get workers(): readonly WorkerProcess[] {
    return [...this.#workers]
  }

  /**
   * Starts the workers, `inTurn`: one after the other, to leave processor time for those that serve. Resolves
   * to their address. Throws the cause if one fails; the others remain.
   */
  async start({ inTurn }: { readonly inTurn: boolean }): Promise<string> {
    const listening: Promise<string>[] = []
    for (let count = 0; count < this.#start.workers; count += 1) {
      const worker = this.#launch()
      listening.push(worker.listening)
      if (inTurn) await worker.listening
    }
    const [address = ''] = await Promise.all(listening)
    return address
  }

  /** Lets other workers take over: each worker ends when its connections have ended. */
  retire(): void {
    this.#ending.abort()
    for (const worker of this.#workers) worker.retire()
  }

  /** Shuts down each worker as on the signal. */
  stop(signal: string): void {
    this.#ending.abort()
    for (const worker of this.#workers) worker.stop(signal)
  }

  /** Resolves when all workers have ended, to whether those that served have done so with status 0. */
  async end(): Promise<boolean> {
    const served = this.workers.filter(({ hasListened }) => hasListened)
    const ends = await Promise.all(served.map((worker) => worker.ended))
    return ends.every(({ code }) => code === 0)
  }

  /** Starts a process and replaces it when it has ended after it listened. */
  #launch(): WorkerProcess {
    const worker = new WorkerProcess(this.#deps, this.#start)
    this.#workers.add(worker)
    const startedAt = performance.now()
    void worker.ended.then((end) => {
      this.#workers.delete(worker)
      this.#deps.onEnd(worker)
      if (this.#ending.signal.aborted || !worker.hasListened) return
      if (performance.now() - startedAt > SETTLED_MS) this.#failures = 0
      this.#logEnd(worker, end)
      void this.#replace()
    })
    return worker
  }

  #logEnd({ id, pid }: WorkerProcess, end: WorkerEnd): void {
    this.#deps.onFailure()
    this.#deps.log.error(
      { event: 'worker.ended', worker: id, pid, status: end.code, signal: end.signal },
      'a worker ended without being told to, and is replaced',
    )
  }

  /** Starts a worker, again after each failure. */
  async #replace(): Promise<void> {
    const { log, onFailure } = this.#deps
    while (await this.#pause()) {
      const worker = this.#launch()
      try {
        await worker.listening
        return log.info({ event: 'worker.replaced', worker: worker.id, pid: worker.pid }, 'worker replaced')
      } catch (error) {
        if (this.#ending.signal.aborted) return
        const reason = error instanceof Error ? error.message : String(error)
        onFailure()
        log.error({ event: 'worker.start_failed', worker: worker.id, reason }, 'a worker could not start')
      }
    }
  }

  /** Waits before the next start; false if this set ends meanwhile. */
  async #pause(): Promise<boolean> {
    const pause = Math.min(PAUSES.min * 2 ** this.#failures, PAUSES.max)
    this.#failures += 1
    await sleep(pause, undefined, { signal: this.#ending.signal }).catch(() => undefined)
    return !this.#ending.signal.aborted
  }
}
