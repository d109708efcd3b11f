import type { LogFacts, Logger } from '../../src/ports/logger.ts'

/** An entry of the log. */
export interface RecordedEntry {
  readonly level: string
  readonly event: string
  readonly message: string
  readonly facts: LogFacts
}

/** A log that keeps its entries. */
export function createRecordingLogger(): Logger & { readonly entries: RecordedEntry[] } {
  const entries: RecordedEntry[] = []
  const write = (level: string) => (facts: LogFacts, message: string) =>
    void entries.push({ level, event: facts.event, message, facts })
  return {
    entries,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  }
}
