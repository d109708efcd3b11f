/**
 * Structured facts of one log entry. They must never hold a password, a code, a token or a GraphQL variable.
 */
export interface LogFacts {
  /** Stable name of the entry for searches and alerts: lower case, `area.fact`, such as `delivery.failed`. */
  readonly event: string
  readonly [name: string]: unknown
}

/** The log. Each method takes the facts first and then a fixed sentence. */
export interface Logger {
  debug(facts: LogFacts, message: string): void
  info(facts: LogFacts, message: string): void
  warn(facts: LogFacts, message: string): void
  error(facts: LogFacts, message: string): void
  fatal(facts: LogFacts, message: string): void
  /**
   * Security events, at a level of their own above `warn`. Without this method they are logged with `info`.
   */
  audit?(facts: LogFacts, message: string): void
}
