/** What the check at the start has found. */
export interface StoreFinding {
  /**
   * `refusal`: the gateway must not start. `warning`: it works, or will, with a weaker guarantee. `note`: to
   * be known.
   */
  readonly severity: 'refusal' | 'warning' | 'note'
  /** Name of the log entry. */
  readonly event: string
  /** One line that begins with the setting, or names the remedy. */
  readonly problem: string
}
