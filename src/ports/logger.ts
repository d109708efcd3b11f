/** Structured facts of one log entry. Never a password, a code, a token or a GraphQL variable. */
export interface LogFacts {
  /** Stable name of the entry for searches and alerts: lower case, `area.fact`, such as `delivery.failed`. */
  readonly event?: string
  readonly [name: string]: unknown
}

/** The log: facts first, then a fixed sentence. Fatal, error, warn, info and debug are its levels. */
export interface Logger {
  debug(facts: LogFacts, message: string): void
  info(facts: LogFacts, message: string): void
  warn(facts: LogFacts, message: string): void
  error(facts: LogFacts, message: string): void
  fatal(facts: LogFacts, message: string): void
}
