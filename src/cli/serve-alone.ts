import { waitForDatabase } from '../adapters/database/database-check.ts'
import { createApp, type App } from '../composition/app.ts'
import { openLog } from '../composition/open-log.ts'
import type { Config } from '../config/config.ts'
import { addCrashHandlers } from './crash-handlers.ts'
import type { Variables } from './env-files.ts'
import { listenForRequests, listenForScrapes } from './listen.ts'
import { prepareSchema, warnAtStart } from './start-checks.ts'
import { announceListening } from './startup-messages.ts'
import { stopOnSignals } from './stop-on-signals.ts'

/** Serves in this process. */
export async function serveAlone(config: Config, variables: Variables): Promise<void> {
  const opened = openLog(config)
  const { log } = opened
  process.on('exit', opened.flushSync)
  addCrashHandlers(log)
  warnAtStart(config, variables, log)
  await waitForDatabase(config.database, log)
  await prepareSchema(config, log)
  const app = await createApp(config, log)
  stopOnSignals(app, config, opened)
  const addresses = await listen(app, config).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  announceListening(config, log, addresses)
}

/** Listens for requests and, where it is configured, for scrapes of the metrics. Throws `StartError`. */
async function listen(app: App, config: Config) {
  const address = await listenForRequests(app.http.app, config.server)
  const metrics = config.metrics && (await listenForScrapes(app.metrics, config.metrics))
  return { address, metrics }
}
