import type { Worker } from 'node:cluster'
import { availableParallelism } from 'node:os'
import { requireDatabase, waitForDatabase } from '../../adapters/database/database-check.ts'
import { createMetrics } from '../../adapters/metrics/prometheus.ts'
import { WorkerMetrics } from '../../adapters/metrics/worker-metrics.ts'
import { HashPermits, planHashConcurrency } from '../../adapters/passwords/hash-permits.ts'
import type { Config } from '../../config/config.ts'
import { MAX_WORKERS } from '../../config/groups/workers.ts'
import type { Logger } from '../../ports/logger.ts'
import type { MetricsText } from '../../ports/metrics.ts'
import { prepareSchema } from '../start-checks.ts'
import { WorkerSet } from './worker-set.ts'
import { requireSameProcess, type ReadSettings } from './settings-reader.ts'

/** What a primary process is created from. */
export interface PrimaryOptions {
  readonly settings: ReadSettings
  readonly log: Logger
  /** Starts a worker process. */
  readonly fork: () => Worker
  /** Version of the package. */
  readonly version: string
}

/**
 * The primary process of the workers of one gateway. It serves nothing itself: it distributes connections (by
 * `node:cluster`), replaces workers that end, adds up their metrics and bounds their password hashes.
 */
export class Primary {
  readonly #options: PrimaryOptions
  readonly #metrics = createMetrics({ ofProcess: false })
  readonly #workerMetrics = new WorkerMetrics()
  readonly #permits: HashPermits
  #config: Config
  #current: WorkerSet
  #isStopping = false
  /** Sets that start, or whose workers finish their requests. */
  readonly #others = new Set<WorkerSet>()

  constructor(options: PrimaryOptions) {
    const { config } = options.settings
    this.#options = options
    this.#config = config
    this.#permits = new HashPermits(planHashConcurrency(config.password.hashing.concurrency))
    this.#current = this.#createSet(options.settings)
    this.#metrics.gauge('gateway_workers', {}, () => this.workers)
    this.#metrics.gauge('gateway_password_hashes', {}, () => this.#permits.granted)
  }

  /** The accepted settings. */
  get config(): Config {
    return this.#config
  }

  /** Number of workers that serve with them. */
  get workers(): number {
    return this.#current.workers.filter(({ isListening }) => isListening).length
  }

  /** Whether the workers are shut down. */
  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Prepares the database once for all workers, starts them, and resolves to their address. */
  async start(): Promise<string> {
    await waitForDatabase(this.#config.database, this.#options.log)
    await prepareSchema(this.#config, this.#options.log)
    return this.#current.start({ inTurn: false })
  }

  /**
   * Starts workers with other settings, and retires the present ones when all of them listen. Resolves to
   * their address. Throws if the settings cannot be used; the present workers then continue to serve.
   */
  async replaceWorkers(settings: ReadSettings): Promise<string> {
    const { config } = settings
    requireSameProcess(this.#config, config)
    await requireDatabase(config.database)
    await prepareSchema(config, this.#options.log)
    if (this.#isStopping) throw new Error('the gateway is shutting down')
    // Workers that an earlier reload has retired: at most two sets exist at a time.
    for (const retired of this.#others) retired.stop('SIGHUP')
    const next = this.#createSet(settings)
    this.#others.add(next)
    const address = await next.start({ inTurn: true }).catch((error: unknown) => {
      this.#retire(next)
      throw error
    })
    this.#others.delete(next)
    const previous = this.#current
    this.#current = next
    this.#config = config
    this.#permits.resize(planHashConcurrency(config.password.hashing.concurrency))
    this.#retire(previous)
    return address
  }

  /** Shuts all workers down; resolves to whether each one has done so in order. */
  async stop(signal: string): Promise<boolean> {
    this.#isStopping = true
    const sets = [this.#current, ...this.#others]
    for (const workers of sets) workers.stop(signal)
    const inOrder = await Promise.all(sets.map((workers) => workers.end()))
    return inOrder.every(Boolean)
  }

  /** The metrics of all workers, added up. */
  readMetrics(): Promise<MetricsText> {
    const workers = [this.#current, ...this.#others].flatMap(({ workers }) => workers)
    return this.#workerMetrics.read([
      this.#metrics.snapshot(),
      ...workers.map((worker) => worker.readMetrics()),
    ])
  }

  #createSet({ config, snapshot }: ReadSettings): WorkerSet {
    const { fork, version, log } = this.#options
    const workers = planWorkers(config)
    return new WorkerSet(
      { kind: 'start', snapshot, workers },
      {
        ...{ fork, version, log, permits: this.#permits },
        onEnd: ({ lastMetrics }) => this.#workerMetrics.addEnded(lastMetrics),
        onFailure: () => this.#metrics.count('gateway_worker_failures_total', {}),
      },
    )
  }

  #retire(workers: WorkerSet): void {
    this.#others.add(workers)
    workers.retire()
    void workers.end().then(() => this.#others.delete(workers))
  }
}

function planWorkers({ workers }: Config): number {
  const { count = 1 } = workers ?? {}
  return count === 'auto' ? Math.min(availableParallelism(), MAX_WORKERS) : count
}
