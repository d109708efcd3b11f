import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../composition/app.ts'
import type { OpenedLog } from '../composition/open-log.ts'
import type { Config } from '../config/config.ts'

/**
 * Shuts down gracefully on the first signal. A second signal, or the time limit, ends the process at once
 * with status 1. SIGTERM comes from the supervisor of a node behind a load balancer: readiness fails first,
 * and the node keeps serving until the load balancer has noticed. SIGINT comes from a terminal, SIGHUP from
 * one that was closed: both skip that delay.
 */
export function stopOnSignals(app: App, { server }: Config, { log, close: closeLog }: OpenedLog): void {
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) process.exit(1)
    isStopping = true
    log.info({ event: 'server.stopping', signal }, 'shutting down')
    setTimeout(() => process.exit(1), server.shutdownSeconds * 1000).unref()
    app.http.announceStop()
    if (signal === 'SIGTERM') await sleep(server.drainSeconds * 1000)
    await app.close()
    log.info({ event: 'server.stopped' }, 'shutdown complete')
    await closeLog()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal))
}
