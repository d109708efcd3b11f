import { ConfigError, loadConfig, type Config } from '../config/load-config.ts'
import type { Environment } from '../config/environment.ts'
import { createApp, type App } from '../composition/app.ts'
import { createLog } from '../http/log.ts'

/** Exit status for invalid settings (`EX_CONFIG` of sysexits.h). */
const EX_CONFIG = 78

/** Loads the settings and runs a command with them. An error is printed and sets the exit status. */
export type RunCommand = (command: (config: Config) => Promise<void>) => Promise<void>

/** Creates the function that every command runs in. */
export function createRunner(environment: Environment): RunCommand {
  return async (command) => {
    try {
      await command(loadConfig(environment))
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = isConfigProblem(error) ? EX_CONFIG : 1
    }
  }
}

/** Runs a command on a gateway that does not listen, and closes it. */
export async function withApp<Result>(
  config: Config,
  command: (app: App) => Promise<Result>,
): Promise<Result> {
  const app = await createApp(config, createLog(config.server.logLevel), { show: null })
  return command(app).finally(() => app.close())
}

function isConfigProblem(error: unknown): boolean {
  return error instanceof ConfigError || (error instanceof Error && error.name === 'KeyError')
}
