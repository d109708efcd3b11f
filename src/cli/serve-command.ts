import type { Command } from 'commander'
import { migrate } from '../adapters/database/migrations.ts'
import { createApp } from '../composition/app.ts'
import type { Config } from '../config/config.ts'
import { createLog } from '../http/log.ts'
import { addCrashHandlers } from './crash-handlers.ts'
import type { RunCommand } from './run-command.ts'
import { buildWelcome, warnInProduction } from './startup-messages.ts'
import { stopOnSignals } from './stop-on-signals.ts'

/** `gateway serve`, the default command. */
export function addServeCommand(program: Command, run: RunCommand): void {
  program
    .command('serve', { isDefault: true })
    .description('apply pending migrations, then listen')
    .action(() => run(serve))
}

async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel)
  addCrashHandlers(log)
  const applied = await migrate({ url: config.databaseUrl, now: Date.now })
  if (applied.length > 0) log.info({ applied }, 'migrated')
  const app = await createApp(config, log)
  const address = await app.http.app.listen({ host: config.host, port: config.port })
  const metrics = config.metrics && (await app.metrics.listen(config.metrics))
  stopOnSignals(app, config, log)
  log.info(
    { address, metrics, environment: config.environment, stateStore: config.stateStore.kind },
    'listening',
  )
  if (config.environment === 'production') warnInProduction(config, log)
  else process.stdout.write(buildWelcome(address, config))
}
