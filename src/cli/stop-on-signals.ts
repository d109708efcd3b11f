import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../composition/app.ts'
import type { OpenedLog } from '../composition/open-log.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../ports/logger.ts'

/**
 * Shuts down gracefully on the first signal. A second signal, or the time limit, ends the process at once
 * with status 1. SIGHUP comes from a terminal that was closed; under a primary process it means a reload.
 */
export function stopOnSignals(app: App, config: Config, { log, close: closeLog }: OpenedLog): void {
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) process.exit(1)
    isStopping = true
    await shutDown(app, config, log, signal)
    await closeLog()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal))
}

/**
 * Shuts down gracefully; the time limit ends the process with status 1. SIGTERM comes from the supervisor of
 * a node behind a load balancer: readiness fails first, and the node keeps serving until the load balancer
 * has noticed. Other signals come from a terminal and skip that delay.
 */
export async function shutDown(app: App, { server }: Config, log: Logger, signal: string): Promise<void> {
  log.info({ event: 'server.stopping', signal }, 'shutting down')
  setTimeout(() => process.exit(1), server.shutdownSeconds * 1000).unref()
  app.http.announceStop()
  if (signal === 'SIGTERM') await sleep(server.drainSeconds * 1000)
  await app.close()
  log.info({ event: 'server.stopped' }, 'shutdown complete')
}
