// What the package offers to programs that embed the gateway instead of running `gateway`.
export { createApp, type App } from './composition/app.ts'
export type { Overrides } from './composition/adapters.ts'
export { ConfigError, loadConfig, type Config } from './config/load-config.ts'
export type { Environment } from './config/environment.ts'
export { createLog } from './http/log.ts'
export {
  migrate,
  migrationStatus,
  MigrationError,
  type MigrationOptions,
  type MigrationStatus,
} from './adapters/database/migrations.ts'
