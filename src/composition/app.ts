import type { FastifyBaseLogger } from 'fastify'
import { openAdapters, type Overrides } from './adapters.ts'
import type { Config } from '../config/config.ts'
import type { AccountAdministration } from '../features/accounts/account-administration.ts'
import type { KeyRing } from '../features/keys/key-ring.ts'
import type { TotpSecrets } from '../features/mfa/totp-secrets.ts'
import { httpOptions } from './http-options.ts'
import { createMetricsServer, type MetricsServer } from '../http/metrics-server.ts'
import { createHttpServer, type HttpServer } from '../http/server.ts'
import { createServices } from './services.ts'
import { openSigning } from './signing.ts'

/** The running parts of one gateway. */
export interface App {
  readonly http: HttpServer
  /** Listens when told to, as `http` does. */
  readonly metrics: MetricsServer
  readonly administration: AccountAdministration
  /** The secrets of authenticator apps. */
  readonly totpSecrets: TotpSecrets
  /** The signing keys that the gateway keeps; null where the settings give them. */
  readonly keyRing: KeyRing | null
  /** Lets requests in flight finish, hands over what messages and security events are under way, and closes every store; calling it twice is fine. */
  close(): Promise<void>
}

/** The same on every node, whatever address each listens on. */
const DEFAULT_ISSUER = 'graphql-auth-gateway'

/** Puts the parts together: adapters, services on them, a schema, a server. The database must have been migrated. */
export async function createApp(
  config: Config,
  log: FastifyBaseLogger,
  overrides: Overrides = {},
): Promise<App> {
  const adapters = await openAdapters(config, log, overrides)
  const issuer = config.token.issuer ?? config.server.publicUrl ?? DEFAULT_ISSUER
  const signing = await openSigning(config, adapters)
  const services = createServices(config, adapters, { issuer, keys: signing.source })
  const http = await createHttpServer(
    httpOptions({ config, adapters, services, keys: signing.source, issuer, log }),
  )
  const metrics = createMetricsServer(adapters.metrics)
  adapters.metrics.gauge('gateway_messages_waiting', () => adapters.outbox.count())
  services.delivery.start()

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await http.app.close()
    await metrics.close()
    await services.notifications.drain()
    await services.auditTrail.drain()
    signing.close()
    await adapters.close()
  }
  return {
    http,
    metrics,
    administration: services.administration,
    totpSecrets: services.totpSecrets,
    keyRing: signing.ring,
    close: () => (closing ??= close()),
  }
}
