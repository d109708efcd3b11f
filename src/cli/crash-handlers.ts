import type { Logger } from 'pino'

/**
 * What nothing else has caught (ASVS 16.5.4). A promise that was rejected unheard has left nothing half-done but itself: it is logged
 * and the process goes on, so that nobody can stop a node by finding one. After an exception that nothing caught no state can
 * be relied on: it is logged and the process ends with status 1, for whoever runs it to start another. Both are logged as every error
 * is, cut down to what may be said; Node.js itself would print them whole.
 */
export function addCrashHandlers(log: Logger): void {
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'a promise was rejected unheard'))
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an exception was not caught: the process ends')
    process.exit(1)
  })
}
