import type { ApiKeyConfig } from './groups/api-keys.ts'
import type { BrandingConfig } from './groups/branding.ts'
import type { CacheConfig } from './groups/cache.ts'
import type { CleanupConfig } from './groups/cleanup.ts'
import type { DatabaseConfig } from './groups/database.ts'
import type { DevelopmentConfig } from './groups/development.ts'
import type { LoadConfig } from './groups/load.ts'
import type { LogConfig } from './groups/log.ts'
import type { MessageConfig } from './groups/messages/messages.ts'
import type { MetricsConfig } from './groups/metrics.ts'
import type { OtpConfig } from './groups/otp.ts'
import type { PasswordConfig } from './groups/password.ts'
import type { PostConfig } from './groups/posts.ts'
import type { RecoveryConfig } from './groups/recovery.ts'
import type { ServerConfig } from './groups/server.ts'
import type { SessionConfig } from './groups/session.ts'
import type { StoreConfig } from './groups/store.ts'
import type { TokenConfig } from './groups/token.ts'
import type { TracingConfig } from './groups/tracing.ts'
import type { TransportConfig } from './groups/transport.ts'
import type { WorkerConfig } from './groups/workers.ts'

/** The validated settings, one member per group. Names of durations end in their unit. */
export interface Config {
  readonly server: ServerConfig
  readonly log: LogConfig
  /** Null: one process without a primary. */
  readonly workers: WorkerConfig | null
  readonly transport: TransportConfig
  readonly load: LoadConfig
  readonly database: DatabaseConfig
  readonly store: StoreConfig
  readonly cache: CacheConfig
  readonly cleanup: CleanupConfig
  readonly token: TokenConfig
  readonly session: SessionConfig
  readonly apiKeys: ApiKeyConfig
  readonly otp: OtpConfig
  readonly password: PasswordConfig
  readonly recovery: RecoveryConfig
  readonly posts: PostConfig
  readonly messages: MessageConfig
  readonly branding: BrandingConfig
  /** Null: not served. */
  readonly metrics: MetricsConfig | null
  /** Null: no traces. */
  readonly tracing: TracingConfig | null
  readonly development: DevelopmentConfig
}
