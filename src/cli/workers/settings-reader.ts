import type { Environment } from '../../config/environment.ts'
import { recordEnvironment, type EnvironmentSnapshot } from '../../config/environment-snapshot.ts'
import { ConfigError, loadConfig, type Config } from '../../config/load-config.ts'
import { createVariablesReader } from '../env-files.ts'

/** Settings, and what they were read from. */
export interface ReadSettings {
  readonly config: Config
  readonly snapshot: EnvironmentSnapshot
}

/**
 * Returns the function that reads the settings as a start does, from the environment of this process and
 * from the files that exist now. It throws a `ConfigError`. `nodeOptions`: options of Node.js.
 */
export function createSettingsReader(
  environment: Environment,
  nodeOptions: readonly string[],
): () => ReadSettings {
  const { variables, readFile } = environment
  const readVariables = createVariablesReader({ variables, nodeOptions, readFile })
  return () => {
    const recorded = recordEnvironment({ ...environment, variables: readVariables() })
    const config = loadConfig(recorded.environment)
    return { config, snapshot: recorded.snapshot() }
  }
}

/** Throws a `ConfigError` for each setting that a running primary process cannot change. */
export function requireSameProcess(current: Config, next: Config): void {
  const problems = [
    ...(next.workers === null ? ['WORKERS: cannot be removed by a reload'] : []),
    ...(next.workers !== null && next.workers.pidPath !== current.workers?.pidPath
      ? ['PID_PATH: cannot be changed by a reload']
      : []),
    ...(next.server.environment === current.server.environment
      ? []
      : ['NODE_ENV: cannot be changed by a reload']),
    ...(next.metrics?.port === current.metrics?.port ? [] : ['METRICS_PORT: cannot be changed by a reload']),
    ...(next.metrics?.host === current.metrics?.host ? [] : ['METRICS_HOST: cannot be changed by a reload']),
  ]
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${problem}; restart the gateway`))
}
