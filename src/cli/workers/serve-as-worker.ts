import { createApp, type App } from '../../composition/app.ts'
import { replayEnvironment } from '../../config/environment-snapshot.ts'
import { loadConfig, type Config } from '../../config/load-config.ts'
import { createLog } from '../../http/log.ts'
import type { Logger } from '../../ports/logger.ts'
import { addCrashHandlers } from '../crash-handlers.ts'
import { listenForRequests } from '../listen.ts'
import { describeFailure } from '../run-command.ts'
import { shutDown } from '../stop-on-signals.ts'
import type { StartMessage } from './messages.ts'
import { PrimaryConnection } from './primary-connection.ts'

/** A gateway that listens in this process. */
interface Serving {
  readonly app: App
  readonly config: Config
  readonly log: Logger
  readonly primary: PrimaryConnection
  readonly address: string
}

/**
 * Serves in a worker process as its primary process says. Ends when that has ended, by default of
 * `node:cluster`. A failed start is reported to it, and is not printed here.
 */
export async function serveAsWorker(id: number, version: string): Promise<void> {
  const primary = new PrimaryConnection()
  ignoreTerminal()
  const start = await primary.receiveStart(version)
  try {
    const serving = await startServing(id, start, primary)
    obeyPrimary(serving)
    serving.log.info({ event: 'worker.listening' }, 'worker listening')
    await primary.send({ kind: 'listening', address: serving.address })
  } catch (error) {
    const failure = describeFailure(error)
    await primary.send({ kind: 'failed', failure })
    process.exit(failure.status)
  }
}

/** A terminal signals every process of its group; the primary process tells its workers what to do. */
function ignoreTerminal(): void {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
}

async function startServing(
  id: number,
  { snapshot, workers }: StartMessage,
  primary: PrimaryConnection,
): Promise<Serving> {
  const config = loadConfig(replayEnvironment(snapshot))
  const log = createLog(config.server.logLevel, undefined, config.log).child({ worker: id, pid: process.pid })
  addCrashHandlers(log)
  const sharedHashing = { permits: primary.permits, processes: workers }
  const app = await createApp(config, log, { sharedHashing })
  const address = await listenForRequests(app.http.app, config.server).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  return { app, config, log, primary, address }
}

/** Carries out what the primary process says. A supervisor can send SIGTERM to a worker as well. */
function obeyPrimary(serving: Serving): void {
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) return
    isStopping = true
    await shutDown(serving.app, serving.config, serving.log, signal)
    await endProcess(serving)
  }
  process.on('SIGTERM', () => void stop('SIGTERM'))
  serving.primary.listen((message) => {
    if (message.kind === 'stop') void stop(message.signal)
    if (message.kind === 'retire' && !isStopping) void retire(serving)
    if (message.kind === 'send_metrics') void sendMetrics(serving)
  })
}

/** Ends when the connections have ended. What remains to be done then has the time of a shutdown. */
async function retire(serving: Serving): Promise<void> {
  const { app, config, log } = serving
  log.info({ event: 'worker.retiring' }, 'worker finishes its requests')
  await app.http.retire()
  setTimeout(() => process.exit(1), config.server.shutdownSeconds * 1000).unref()
  await app.close()
  log.info({ event: 'worker.retired' }, 'worker has finished')
  await endProcess(serving)
}

async function sendMetrics({ app, primary }: Serving): Promise<void> {
  await primary.send({ kind: 'metrics', metrics: await app.snapshotMetrics() })
}

/** The primary process adds what this one has counted to the sum of all workers. */
async function endProcess(serving: Serving): Promise<void> {
  await sendMetrics(serving)
  process.exit(0)
}
