import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import type { HashPermits } from '../../adapters/passwords/hash-permits.ts'
import { MINUTE_MS, SECOND_MS } from '../../core/duration.ts'
import type { MetricsSnapshot } from '../../ports/metrics.ts'
import { WorkerStartError, toStartError } from '../start-error.ts'
import type { MessageToPrimary, MessageToWorker, StartMessage } from './messages.ts'

/** How a process ended. */
export interface WorkerEnd {
  readonly code: number | null
  readonly signal: string | null
}

/** What all workers of a primary process have in common. */
export interface WorkerDependencies {
  /** Starts a process. */
  readonly fork: () => Worker
  readonly permits: HashPermits
  /** Version of the package that the primary process runs. */
  readonly version: string
}

/** Outcome of a start. */
interface StartResult {
  readonly resolve: (address: string) => void
  readonly reject: (error: Error) => void
}

/** Longest time of a start, in milliseconds. */
const START_TIMEOUT_MS = 2 * MINUTE_MS
/** Longest wait for the metrics of a worker, in milliseconds. */
const METRICS_TIMEOUT_MS = SECOND_MS

/** A worker as its primary process sees it. */
export class WorkerProcess {
  /** Unique among all workers of the primary process. */
  readonly id: number
  readonly pid: number | undefined
  /** The address that it listens on. Rejects with the cause of a failed start. */
  readonly listening: Promise<string>
  /** Resolves when the process has ended and all its messages were received. */
  readonly ended: Promise<WorkerEnd>
  readonly #worker: Worker
  readonly #permits = new Map<number, () => void>()
  readonly #metricsReaders = new Set<() => void>()
  #lastMetrics: MetricsSnapshot = []
  #hasListened = false

  constructor(deps: WorkerDependencies, start: StartMessage) {
    const worker = deps.fork()
    this.#worker = worker
    this.id = worker.id
    this.pid = worker.process.pid
    this.ended = this.#awaitEnd()
    this.listening = new Promise((resolve, reject) => this.#awaitStart(deps, start, { resolve, reject }))
    // A start that is awaited later must not count as an unhandled rejection meanwhile.
    this.listening.catch(() => undefined)
    worker.on('message', (message: MessageToPrimary) => this.#receive(message, deps.permits))
    // A message to a process that has just ended.
    worker.on('error', () => undefined)
  }

  /** Whether requests are distributed to it. */
  get isListening(): boolean {
    return this.#hasListened && !this.#worker.isDead()
  }

  /** Whether its start has succeeded. */
  get hasListened(): boolean {
    return this.#hasListened
  }

  /** The metrics as it last sent them. */
  get lastMetrics(): MetricsSnapshot {
    return this.#lastMetrics
  }

  /** Its current metrics; the last ones if it does not respond. */
  async readMetrics(): Promise<MetricsSnapshot> {
    if (!this.isListening) return this.#lastMetrics
    const received = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, METRICS_TIMEOUT_MS)
      this.#metricsReaders.add(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.#send({ kind: 'send_metrics' })
    await received
    return this.#lastMetrics
  }

  /** Shuts down as on the signal. A worker that does not listen yet is killed. */
  stop(signal: string): void {
    if (this.#hasListened) this.#send({ kind: 'stop', signal })
    else this.#worker.process.kill('SIGKILL')
  }

  /** Hands over to other workers. A worker that does not listen yet is killed. */
  retire(): void {
    if (this.#hasListened) this.#send({ kind: 'retire' })
    else this.#worker.process.kill('SIGKILL')
  }

  #send(message: MessageToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => undefined)
  }

  async #awaitEnd(): Promise<WorkerEnd> {
    const disconnected = once(this.#worker, 'disconnect')
    const [code, signal] = (await once(this.#worker, 'exit')) as [number | null, string | null]
    for (const giveBack of this.#permits.values()) giveBack()
    await disconnected
    return { code, signal }
  }

  #awaitStart({ version }: WorkerDependencies, start: StartMessage, result: StartResult): void {
    const kill = () => void this.#worker.process.kill('SIGKILL')
    const timer = setTimeout(kill, START_TIMEOUT_MS)
    this.#worker.on('message', (message: MessageToPrimary) => {
      if (message.kind === 'listening') {
        clearTimeout(timer)
        this.#hasListened = true
        result.resolve(message.address)
      }
      if (message.kind === 'failed') result.reject(toStartError(message.failure))
      if (message.kind !== 'loaded') return
      if (message.version === version) return this.#send(start)
      result.reject(new WorkerStartError(describeVersions(version, message.version), 1))
      kill()
    })
    void this.ended.then(({ code, signal }) => {
      clearTimeout(timer)
      result.reject(new WorkerStartError(`a worker ended at its start (${signal ?? `status ${code}`})`, 1))
    })
  }

  #receive(message: MessageToPrimary, permits: HashPermits): void {
    if (message.kind === 'metrics') {
      this.#lastMetrics = message.metrics
      for (const reader of this.#metricsReaders) reader()
      this.#metricsReaders.clear()
    }
    if (message.kind === 'return_permit') {
      this.#permits.get(message.id)?.()
      this.#permits.delete(message.id)
    }
    if (message.kind !== 'request_permit') return
    const { id } = message
    const giveBack = permits.request(() => this.#send({ kind: 'permit_granted', id }))
    this.#permits.set(id, giveBack)
  }
}

/** A reload starts workers from the files on the disk, which an update has replaced. */
function describeVersions(running: string, installed: string): string {
  return `version ${installed} is installed and version ${running} runs: restart the gateway instead of reloading it`
}
