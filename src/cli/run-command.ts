import { requireDatabase } from '../adapters/database/database-check.ts'
import { DatabaseSettingError } from '../adapters/database/database-setting-error.ts'
import { ConfigError, loadConfig, type Config } from '../config/load-config.ts'
import type { Environment } from '../config/environment.ts'
import { SECOND_MS } from '../core/duration.ts'
import type { App } from '../composition/app.ts'
import { createLog, formatEcsLine } from '../http/log.ts'
import { StartError, WorkerStartError, type StartFailure } from './start-error.ts'

/** Exit status for invalid settings (`EX_CONFIG` of sysexits.h). */
export const EX_CONFIG = 78
/** Time that a failed command has for closing its connections, in milliseconds; then the process is ended. */
const EXIT_MS = 1.5 * SECOND_MS

/** Runs work. An error is printed, sets the exit status and ends the process. */
export type GuardCommand = (work: () => Promise<void>) => Promise<void>
/** Loads the settings and runs a command with them, guarded. */
export type RunCommand = (command: (config: Config) => Promise<void>) => Promise<void>

/** Creates the function that every command runs in. */
export function createGuard(environment: Environment): GuardCommand {
  return async (work) => {
    try {
      await work()
    } catch (error) {
      process.stderr.write(formatFailure(error, environment))
      process.exitCode = toExitStatus(error)
      // A connection that does not close must not keep the process of a failed command alive.
      setTimeout(() => process.exit(), EXIT_MS).unref()
    }
  }
}

/** Creates the function that every command with settings runs in. */
export function createRunner(environment: Environment): RunCommand {
  const guard = createGuard(environment)
  return (command) => guard(async () => command(loadConfig(environment)))
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
  // Imported where it is needed: the primary process of workers serves nothing and needs little memory.
  const { createApp } = await import('../composition/app.ts')
  const app = await createApp(untraced, log, { show: null })
  return command(app).finally(() => app.close())
}

/** The message for people; in production one line of JSON, as the log has. */
function formatFailure(error: unknown, { variables, now }: Environment): string {
  const { message, problems: list } = describeFailure(error)
  if (variables['NODE_ENV'] !== 'production') return `${message}\n`
  const problems = list === null ? {} : { problems: list }
  const msg = message
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
  const time = now === undefined ? {} : { time: new Date(now()).toISOString() }
  const entry = { level: 'fatal', ...time, event: 'process.command_failed', log: 'error', ...problems, msg }
  const line = `${JSON.stringify(entry)}\n`
  return variables['LOG_FORMAT'] === 'ecs' ? formatEcsLine(line) : line
}

/** The exit status of a command that failed with this error. */
function toExitStatus(error: unknown): number {
  if (error instanceof WorkerStartError) return error.status
  const isConfigProblem =
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof DatabaseSettingError ||
    (error instanceof Error && error.name === 'KeyError')
  return isConfigProblem ? EX_CONFIG : 1
}

/** The error as another process can be told about it. */
export function describeFailure(error: unknown): StartFailure {
  const message = error instanceof Error ? error.message : String(error)
  const problems = error instanceof ConfigError ? error.problems : null
  return { message, problems, status: toExitStatus(error) }
}
