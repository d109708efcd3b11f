import type { FastifyBaseLogger } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { openAdapters, type Adapters, type Overrides } from './adapters.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/load-config.ts'
import type { AccountAdministration } from '../features/accounts/account-administration.ts'
import type { CleanupService } from '../features/cleanup/cleanup-service.ts'
import type { KeyRing } from '../features/keys/key-ring.ts'
import type { TotpSecrets } from '../features/mfa/totp-secrets.ts'
import { toFastifyLogger } from './fastify-logger.ts'
import { addGauges } from './gauges.ts'
import { buildHttpOptions } from './http-options.ts'
import { findUndeclaredRoles } from '../graphql/schema/access.ts'
import { createSchema } from '../graphql/schema/schema.ts'
import { createMetricsServer, type MetricsServer } from '../http/metrics-server.ts'
import { createHttpServer, type HttpServer } from '../http/server.ts'
import type { Logger } from '../ports/logger.ts'
import type { MetricsSnapshot } from '../ports/metrics.ts'
import { createResolvers } from './resolvers.ts'
import { createServices } from './services.ts'
import { openSigning } from './signing.ts'

/** The parts of one gateway. */
export interface App {
  readonly http: HttpServer
  /** The schema that is served. */
  readonly schema: GraphQLSchema
  /** Does not listen until `listen` is called, like `http`. */
  readonly metrics: MetricsServer
  /** The current values of the metrics, for a process that adds up those of several. */
  snapshotMetrics(): Promise<MetricsSnapshot>
  readonly administration: AccountAdministration
  /** The scheduled cleanup. */
  readonly cleanup: CleanupService
  /** The secrets of authenticator apps. */
  readonly totpSecrets: TotpSecrets
  /** The managed signing keys; null if the settings contain the keys. */
  readonly keyRing: KeyRing | null
  /**
   * Finishes the requests in progress, sends pending messages, writes pending security events and closes
   * every store. Can be called twice.
   */
  close(): Promise<void>
}

/** `iss` without a public URL. It must be the same on all nodes, so it does not contain an address. */
const DEFAULT_ISSUER = 'graphql-auth-gateway'

/** Creates a gateway that does not listen yet. The database must have been migrated. */
export async function createApp(config: Config, logger: Logger, overrides: Overrides = {}): Promise<App> {
  const log = toFastifyLogger(logger)
  const adapters = await openAdapters(config, log, overrides)
  // A start that fails must leave no connection behind, which would keep the process alive.
  return assemble(config, log, adapters).catch(async (error: unknown) => {
    await adapters.close()
    throw error
  })
}

/** A role that no account can have would close its fields to every account. */
function requireDeclaredRoles(schema: GraphQLSchema, { session: { roles } }: Config): void {
  const fields = findUndeclaredRoles(schema, roles)
  if (fields.length > 0)
    throw new ConfigError([`ROLES: must contain the roles that fields require: ${fields.join(', ')}`])
}

async function assemble(config: Config, log: FastifyBaseLogger, adapters: Adapters): Promise<App> {
  const issuer = config.token.issuer ?? config.server.publicUrl ?? DEFAULT_ISSUER
  const signing = await openSigning(config, adapters)
  const services = createServices(config, adapters, { issuer, keys: signing.source })
  const development = config.server.environment !== 'production'
  const schema = createSchema(createResolvers(services, config), { development })
  requireDeclaredRoles(schema, config)
  const http = await createHttpServer(
    buildHttpOptions({ config, adapters, services, schema, keys: signing.source, issuer, log }),
  )
  const metrics = createMetricsServer(adapters.metrics)
  addGauges(adapters.metrics, config, adapters, signing.ring)
  services.delivery.start()
  services.cleanup.start()

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await http.app.close()
    await metrics.close()
    await services.cleanup.stop()
    await services.notifications.drain()
    await services.auditTrail.drain()
    signing.close()
    await adapters.close()
  }
  return {
    http,
    schema,
    metrics,
    snapshotMetrics: () => adapters.metrics.snapshot(),
    administration: services.administration,
    cleanup: services.cleanup,
    totpSecrets: services.totpSecrets,
    keyRing: signing.ring,
    close: () => (closing ??= close()),
  }
}
