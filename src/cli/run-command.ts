import { requireDatabase } from '../adapters/database/database-check.ts'
import { DatabaseSettingError } from '../adapters/database/database-setting-error.ts'
import { ConfigError, loadConfig, type Config } from '../config/load-config.ts'
import type { Environment } from '../config/environment.ts'
import { SECOND_MS } from '../core/duration.ts'
import { createApp, type App } from '../composition/app.ts'
import { createLog, formatEcsLine } from '../http/log.ts'
import { StartError } from './start-error.ts'

/** Exit status for invalid settings (`EX_CONFIG` of sysexits.h). */
const EX_CONFIG = 78
/** Time that a failed command has for closing its connections, in milliseconds; then the process is ended. */
const EXIT_MS = 1.5 * SECOND_MS

/**
 * Loads the settings and runs a command with them. An error is printed, sets the exit status and ends the
 * process.
 */
export type RunCommand = (command: (config: Config) => Promise<void>) => Promise<void>

/** Creates the function that every command runs in. */
export function createRunner(environment: Environment): RunCommand {
  return async (command) => {
    try {
      await command(loadConfig(environment))
    } catch (error) {
      process.stderr.write(formatFailure(error, environment))
      process.exitCode = isConfigProblem(error) ? EX_CONFIG : 1
      // A connection that does not close must not keep the process of a failed command alive.
      setTimeout(() => process.exit(), EXIT_MS).unref()
    }
  }
}

/**
 * Runs a command on a gateway that does not listen, and closes it. The log goes to standard error: standard
 * output has the result only.
 */
export async function withApp<Result>(
  config: Config,
  command: (app: App) => Promise<Result>,
): Promise<Result> {
  await requireDatabase(config.database)
  // A command serves no requests, so that there is nothing to trace.
  const untraced = { ...config, tracing: null }
  const log = createLog(config.server.logLevel, process.stderr, config.log)
  const app = await createApp(untraced, log, { show: null })
  return command(app).finally(() => app.close())
}

/** The message for people; in production one line of JSON, as the log has. */
function formatFailure(error: unknown, { variables, now }: Environment): string {
  const message = error instanceof Error ? error.message : String(error)
  if (variables['NODE_ENV'] !== 'production') return `${message}\n`
  const problems = error instanceof ConfigError ? { problems: error.problems } : {}
  const msg = message
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
  const time = now === undefined ? {} : { time: new Date(now()).toISOString() }
  const entry = { level: 'fatal', ...time, event: 'process.command_failed', log: 'error', ...problems, msg }
  const line = `${JSON.stringify(entry)}\n`
  return variables['LOG_FORMAT'] === 'ecs' ? formatEcsLine(line) : line
}

function isConfigProblem(error: unknown): boolean {
  return (
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof DatabaseSettingError ||
    (error instanceof Error && error.name === 'KeyError')
  )
}
