// The public API: what programs use that embed the gateway instead of running `gateway`.
export { createApp, type App } from './composition/app.ts'
export type { Overrides } from './composition/adapters.ts'
export { ConfigError, loadConfig, type Config } from './config/load-config.ts'
export type { Environment } from './config/environment.ts'
export { createLog, type LogOptions } from './http/log.ts'
export { openLog, type OpenedLog } from './composition/open-log.ts'
export type { LogStream } from './core/log-streams.ts'
export {
  migrate,
  migrationStatus,
  MigrationError,
  type MigrationOptions,
  type MigrationStatus,
} from './adapters/database/migrations.ts'
export { createTracing, type TracingOptions } from './adapters/tracing/opentelemetry.ts'
// The ports that `createApp` accepts, and the types that they mention.
export type { LogFacts, Logger } from './ports/logger.ts'
export type { Clock } from './ports/clock.ts'
export type { Random } from './core/secrets.ts'
export type { Permits, SharedHashing } from './ports/shared-hashing.ts'
export type { Count, Reservation, StateStore } from './ports/state-store.ts'
export type { DeliveryResult, MessageTransport } from './ports/message-transport.ts'
export type { MailImage, MailMessage } from './ports/mailer.ts'
export type { SmsMessage } from './ports/sms.ts'
export type {
  RequestSpan,
  SpanAttributes,
  SpanFacts,
  SpanOutcome,
  TraceHeaders,
  Tracing,
} from './ports/tracing.ts'
export type { EmailAddress } from './core/email-address.ts'
export type { PhoneNumber } from './core/phone.ts'
