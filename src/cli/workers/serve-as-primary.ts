import cluster, { type Worker } from 'node:cluster'
import { createLog } from '../../http/log.ts'
import { createMetricsServer, type MetricsServer } from '../../http/metrics-server.ts'
import type { WorkerConfig } from '../../config/groups/workers.ts'
import type { Logger } from '../../ports/logger.ts'
import { addCrashHandlers } from '../crash-handlers.ts'
import { omitEnvFiles } from '../env-files.ts'
import { listenForScrapes } from '../listen.ts'
import { warnAtStart } from '../start-checks.ts'
import { StartError } from '../start-error.ts'
import { announceListening } from '../startup-messages.ts'
import { Primary } from './primary.ts'
import { findPrimary, removePrimaryState, writePrimaryState, type PrimaryState } from './primary-state.ts'
import { identifyProcess } from './process-identity.ts'
import { Reloader } from './reloader.ts'
import type { ReadSettings } from './settings-reader.ts'
import { WORKER_COMMAND } from './worker-command.ts'

/** What a primary process is started with. */
export interface PrimaryProcessOptions {
  readonly settings: ReadSettings
  readonly workers: WorkerConfig
  /** Reads the present settings. Throws a `ConfigError`. */
  readonly readSettings: () => ReadSettings
  /** Path of the program, which workers run. */
  readonly entry: string
  /** Options of Node.js (`process.execArgv`). */
  readonly nodeOptions: readonly string[]
  /** Version of the package. */
  readonly version: string
}

/** Serves with worker processes, of which this process is the primary. SIGHUP reloads. */
export async function serveAsPrimary(options: PrimaryProcessOptions): Promise<void> {
  const { settings, workers, version } = options
  const { config } = settings
  const log = createLog(config.server.logLevel, undefined, config.log)
  addCrashHandlers(log)
  requireFreePath(workers.pidPath)
  warnAtStart(config, settings.snapshot.variables, log)
  const primary = new Primary({ settings, log, version, fork: createFork(options) })
  const metricsServer = createMetricsServer({ read: () => primary.readMetrics() })
  const addresses = await start(primary, metricsServer).catch(async (error: unknown) => {
    await Promise.all([primary.stop('SIGINT'), metricsServer.close()])
    throw error
  })
  const { readSettings } = options
  const publish = createPublisher(workers.pidPath, log)
  const reloader = new Reloader({ primary, log, readSettings, publish })
  process.on('SIGHUP', () => void reloader.request())
  stopOnSignals(primary, metricsServer, log)
  announceListening(config, log, addresses, { workers: primary.workers })
}

/** Starts workers, and listens for scrapes of the metrics where it is configured. */
async function start(primary: Primary, metricsServer: MetricsServer) {
  const { metrics: at } = primary.config
  const metrics = at && (await listenForScrapes(metricsServer, at))
  return { address: await primary.start(), metrics }
}

/** `gateway reload` could not tell two gateways with one file apart. */
function requireFreePath(path: string): void {
  const other = findPrimary(path)
  if (other !== null && other.pid !== process.pid)
    throw new StartError(
      `PID_PATH: ${path} is the file of process ${other.pid}, which runs; set another path for this gateway`,
    )
}

function createFork({ entry, nodeOptions }: PrimaryProcessOptions): () => Worker {
  if (!cluster.isPrimary)
    throw new StartError('WORKERS: must not be set in a process that is itself a worker of a cluster')
  // `advanced`: messages hold maps and bytes.
  cluster.setupPrimary({
    exec: entry,
    args: [WORKER_COMMAND],
    execArgv: omitEnvFiles(nodeOptions),
    serialization: 'advanced',
  })
  return () => cluster.fork()
}

/** Returns the function that writes the file of `PID_PATH`. The file is removed when the process ends. */
function createPublisher(path: string, log: Logger): (state: Omit<PrimaryState, 'identity'>) => void {
  const identity = identifyProcess(process.pid)
  process.on('exit', () => {
    if (findPrimary(path)?.pid === process.pid) removePrimaryState(path)
  })
  return (state) => {
    try {
      writePrimaryState(path, process.pid, { identity, ...state })
    } catch (err) {
      log.warn(
        { event: 'server.pid_file_failed', path, err },
        'the file of PID_PATH cannot be written: gateway reload will not find this process, and SIGHUP still reloads',
      )
    }
  }
}

/**
 * Shuts down gracefully on the first signal. A second signal, or the time limit, ends the process at once
 * with status 1, and the workers with it.
 */
function stopOnSignals(primary: Primary, metricsServer: MetricsServer, log: Logger): void {
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) process.exit(1)
    isStopping = true
    log.info({ event: 'server.stopping', signal }, 'shutting down')
    setTimeout(() => process.exit(1), primary.config.server.shutdownSeconds * 1000).unref()
    const isInOrder = await primary.stop(signal)
    await metricsServer.close()
    log.info({ event: 'server.stopped' }, 'shutdown complete')
    process.exit(isInOrder ? 0 : 1)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}
