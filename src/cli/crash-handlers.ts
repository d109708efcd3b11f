import type { Logger } from '../ports/logger.ts'

/**
 * Logs errors that no other code has handled (ASVS 16.5.4). The log redacts them; Node.js would print them in
 * full. After an unhandled rejection the process continues: only the rejected operation is affected, and
 * otherwise one faulty request could stop a node. After an uncaught exception the state of the process is
 * undefined: it exits with status 1, for its supervisor to restart it.
 */
export function addCrashHandlers(log: Logger): void {
  process.on('unhandledRejection', (reason) =>
    log.error({ event: 'process.unhandled_rejection', err: reason }, 'unhandled promise rejection'),
  )
  process.on('uncaughtException', (error) => {
    log.fatal({ event: 'process.uncaught_exception', err: error }, 'uncaught exception, exiting')
    process.exit(1)
  })
}
