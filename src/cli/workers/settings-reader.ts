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

/** Throws a `ConfigError` with each setting that a running primary process cannot change. */
export function requireSameProcess(current: Config, next: Config): void {
  if (next.workers === null)
    throw new ConfigError(['WORKERS: cannot be removed by a reload; restart the gateway'])
  const pairs: readonly [string, unknown, unknown][] = [
    ['PID_PATH', current.workers?.pidPath, next.workers.pidPath],
    ['NODE_ENV', current.server.environment, next.server.environment],
    ['METRICS_PORT', current.metrics?.port, next.metrics?.port],
    // Without a port the host has no meaning.
    [
      'METRICS_HOST',
      current.metrics?.host ?? next.metrics?.host,
      next.metrics?.host ?? current.metrics?.host,
    ],
  ]
  const changed = pairs.filter(([, before, after]) => before !== after)
  if (changed.length > 0)
    throw new ConfigError(
      changed.map(([name]) => `${name}: cannot be changed by a reload; restart the gateway`),
    )
}
