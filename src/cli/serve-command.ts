import type { Command } from 'commander'
import type { Environment } from '../config/environment.ts'
import type { GuardCommand } from './run-command.ts'
import { createSettingsReader } from './workers/settings-reader.ts'

/** What `gateway serve` needs to know about its process. */
export interface ServeOptions {
  readonly environment: Environment
  /** Options of Node.js (`process.execArgv`). */
  readonly nodeOptions: readonly string[]
  /** Path of the program. */
  readonly entry: string
  /** Version of the package. */
  readonly version: string
}

/**
 * `gateway serve`, the default command. As the default it also receives every word that names no command,
 * which commander would report as excess arguments.
 */
export function addServeCommand(program: Command, guard: GuardCommand, options: ServeOptions): void {
  program
    .command('serve', { isDefault: true })
    .description('apply pending migrations and start the server (default)')
    .allowExcessArguments()
    .action((_options, { args: [word] }: Command) =>
      word === undefined ? guard(() => serve(options)) : program.error(`error: unknown command '${word}'`),
    )
}

/** Imports only what the kind of process needs: a primary process serves nothing itself. */
async function serve({ environment, nodeOptions, entry, version }: ServeOptions): Promise<void> {
  const readSettings = createSettingsReader(environment, nodeOptions)
  const settings = readSettings()
  const { workers } = settings.config
  if (workers === null) {
    const { serveAlone } = await import('./serve-alone.ts')
    return serveAlone(settings.config, environment.variables)
  }
  const { serveAsPrimary } = await import('./workers/serve-as-primary.ts')
  return serveAsPrimary({ settings, workers, readSettings, entry, nodeOptions, version })
}
