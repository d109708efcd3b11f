import type { Command } from 'commander'
import { waitForDatabase } from '../adapters/database/database-check.ts'
import { migrate, migrationStatus } from '../adapters/database/migrations.ts'
import { lacksWal } from '../adapters/database/sqlite-backup.ts'
import { createApp, type App } from '../composition/app.ts'
import { openLog } from '../composition/open-log.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../ports/logger.ts'
import { addCrashHandlers } from './crash-handlers.ts'
import type { RunCommand } from './run-command.ts'
import { buildWelcome, warnInProduction, warnOfStandards, warnOfUnknownSettings } from './startup-messages.ts'
import { StartError, explainListenError } from './start-error.ts'
import { stopOnSignals } from './stop-on-signals.ts'

/**
 * `gateway serve`, the default command. As the default it also receives every word that names no command,
 * which commander would report as excess arguments.
 */
export function addServeCommand(
  program: Command,
  run: RunCommand,
  variables: Readonly<Record<string, string | undefined>>,
): void {
  program
    .command('serve', { isDefault: true })
    .description('apply pending migrations and start the server (default)')
    .allowExcessArguments()
    .action((_options, { args: [word] }: Command) =>
      word === undefined
        ? run((config) => serve(config, variables))
        : program.error(`error: unknown command '${word}'`),
    )
}

async function serve(config: Config, variables: Readonly<Record<string, string | undefined>>): Promise<void> {
  const opened = openLog(config)
  const { log } = opened
  process.on('exit', opened.flushSync)
  addCrashHandlers(log)
  warnOfUnknownSettings(variables, log)
  if (lacksWal(config.database.url))
    log.error(
      { event: 'database.wal_missing' },
      'the database file was in use and has no tables: it is probably a copy without its -wal file; restore a copy that gateway backup has written',
    )
  warnOfStandards(config, log)
  await waitForDatabase(config.database, log)
  await prepareSchema(config, log)
  const app = await createApp(config, log)
  stopOnSignals(app, config, opened)
  const addresses = await listen(app, config).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  const { environment } = config.server
  const stateStore = config.store.stateStore.kind
  const startMs = Math.round(performance.now())
  log.info({ event: 'server.listening', ...addresses, environment, stateStore, startMs }, 'server listening')
  if (environment === 'production') warnInProduction(config, log)
  else process.stdout.write(buildWelcome(addresses.address, config))
}

/** Applies pending migrations, or refuses the start where an operator applies them. */
async function prepareSchema({ database }: Config, log: Logger): Promise<void> {
  const { directUrl: url, postgresql, migratesOnStart } = database
  const options = { url, now: Date.now, postgresql }
  if (migratesOnStart) {
    const applied = await migrate(options)
    if (applied.length > 0) log.info({ event: 'database.migrated', applied }, 'database migrations applied')
    return
  }
  const { pending } = await migrationStatus(options)
  if (pending.length > 0)
    throw new StartError(
      `MIGRATE_ON_START: is off and ${pending.length} migrations are pending; run gateway migrate`,
    )
}

/** Listens for requests and, where it is configured, for scrapes of the metrics. Throws `StartError`. */
async function listen(
  app: App,
  { server, metrics }: Config,
): Promise<{ readonly address: string; readonly metrics: string | null }> {
  const { host, port } = server
  const address = await app.http.app.listen({ host, port }).catch((error: unknown) => {
    throw explainListenError(error, { names: { host: 'HOST', port: 'PORT' }, host, port })
  })
  if (metrics === null) return { address, metrics }
  const names = { host: 'METRICS_HOST', port: 'METRICS_PORT' }
  const scraped = await app.metrics.listen(metrics).catch((error: unknown) => {
    throw explainListenError(error, { names, ...metrics })
  })
  return { address, metrics: scraped }
}
