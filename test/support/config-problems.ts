import { ConfigError } from '../../src/config/load-config.ts'

/** The lines for which settings are refused; none if they are accepted. Other errors are thrown. */
export function collectProblems(load: () => unknown): readonly string[] {
  try {
    load()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
