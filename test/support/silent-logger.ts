import type { Logger } from '../../src/ports/logger.ts'

/** A log that writes nothing; tests replace the levels that they read. */
export const SILENT_LOGGER: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
}
