import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { App } from '../composition/app.ts'
import type { Config } from '../config/config.ts'

/**
 * The first signal stops in order; the second, or the time limit, at once and with status 1. SIGTERM comes from whoever runs
 * the process behind a load balancer, which is given time to see that readiness is red; SIGINT from somebody at a keyboard.
 */
export function stopOnSignals(app: App, config: Config, log: Logger): void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), config.shutdownSeconds * 1000).unref()
    app.http.announceStop()
    if (signal === 'SIGTERM') await sleep(config.drainSeconds * 1000)
    await app.close()
    log.info({}, 'stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}
