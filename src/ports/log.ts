/** Structured facts of one entry. Never a password, a code, a token or a GraphQL variable. */
export type LogFacts = Readonly<Record<string, unknown>>

/** The log, as pino shapes it: facts first, then a fixed sentence. */
export interface Log {
  info(facts: LogFacts, message: string): void
  warn(facts: LogFacts, message: string): void
  error(facts: LogFacts, message: string): void
}
