import type { Command } from 'commander'
import { migrate } from '../adapters/database/migrations.ts'
import { createApp } from '../composition/app.ts'
import type { Config } from '../config/config.ts'
import { createLog } from '../http/log.ts'
import { addCrashHandlers } from './crash-handlers.ts'
import type { RunCommand } from './run-command.ts'
import { buildWelcome, warnInProduction } from './startup-messages.ts'
import { stopOnSignals } from './stop-on-signals.ts'

/**
 * `gateway serve`, the default command. As the default it also receives every word that names no command, which
 * commander would report as excess arguments.
 */
export function addServeCommand(program: Command, run: RunCommand): void {
  program
    .command('serve', { isDefault: true })
    .description('apply pending migrations and start the server (default)')
    .allowExcessArguments()
    .action((_options, { args: [word] }: Command) =>
      word === undefined ? run(serve) : program.error(`error: unknown command '${word}'`),
    )
}

async function serve(config: Config): Promise<void> {
  const log = createLog(config.server.logLevel)
  addCrashHandlers(log)
  const applied = await migrate({ url: config.store.databaseUrl, now: Date.now })
  if (applied.length > 0) log.info({ event: 'database.migrated', applied }, 'database migrations applied')
  const app = await createApp(config, log)
  const { host, port, environment } = config.server
  const address = await app.http.app.listen({ host, port })
  const metrics = config.metrics && (await app.metrics.listen(config.metrics))
  stopOnSignals(app, config, log)
  const stateStore = config.store.stateStore.kind
  log.info({ event: 'server.listening', address, metrics, environment, stateStore }, 'server listening')
  if (environment === 'production') warnInProduction(config, log)
  else process.stdout.write(buildWelcome(address, config))
}
