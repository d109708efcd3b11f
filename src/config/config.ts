import type { LoadConfig } from './groups/load-settings.ts'
import type { MessageConfig } from './groups/message-settings.ts'
import type { PasswordConfig } from './groups/password-settings.ts'
import type { WordConfig } from './groups/branding-settings.ts'
import type { OperationManifest } from '../core/operation-manifest.ts'

/** Where short-lived state lives. */
export type StateStoreConfig =
  | { readonly kind: 'memory' }
  | { readonly kind: 'database' }
  | {
      readonly kind: 'redis'
      readonly url: string
      /** Replicas that must have a write before it is answered; 0: none. */
      readonly waitReplicas: number
    }

/** Where signing keys come from. */
export type KeyConfig =
  | {
      readonly kind: 'kept'
      readonly algorithm: 'ES256' | 'EdDSA' | 'RS256'
      /** 0: never. */
      readonly rotationDays: number
    }
  | { readonly kind: 'given'; readonly algorithm: 'ES256' | 'EdDSA' | 'RS256'; readonly jwks: string }
  | {
      readonly kind: 'shared'
      readonly algorithm: 'HS256'
      readonly secret: string
      /** Verify, and do not sign. */
      readonly accepted: readonly string[]
    }

/** The settings, checked: what cannot be is not a value of this type. Durations carry their unit in the name. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production'
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly databaseUrl: string
  readonly stateStore: StateStoreConfig
  readonly keys: KeyConfig
  /** Null: made once and kept in the data folder. */
  readonly masterSecret: string | null
  /** Accepted, and not used for anything new. */
  readonly masterSecretsAccepted: readonly string[]
  /** Null: follows the address that the server listens on. */
  readonly publicUrl: string | null
  readonly words: WordConfig
  /** Who sees what was sent; never anybody in production. */
  readonly devOutbox: 'here' | 'anyone' | 'off'
  /** Services that may ask about tokens and end them. */
  readonly introspectionClients: readonly { readonly id: string; readonly secretHash: string }[]
  readonly token: {
    readonly issuer: string | null
    readonly audience: string
    readonly leewaySeconds: number
    readonly minutes: number
  }
  readonly session: {
    readonly refreshDays: number
    readonly graceSeconds: number
    readonly maxDays: number
    /** 0: only `refreshDays` counts. */
    readonly idleMinutes: number
    readonly perUser: number
    readonly transport: 'body' | 'cookie'
    /** Scopes by role. */
    readonly roleScopes: Readonly<Record<string, readonly string[]>>
  }
  readonly otp: {
    readonly length: number
    readonly minutes: number
    readonly exposeCode: boolean
    /** Fixed codes by destination. */
    readonly testCodes: Readonly<Record<string, string>>
    /** When they end, milliseconds since the Unix epoch; null: never. */
    readonly testCodesUntil: number | null
  }
  readonly emailLink: {
    readonly minutes: number
    /** The page that links lead to; null: messages carry none. */
    readonly page: string | null
  }
  readonly sms: { readonly countries: readonly string[]; readonly dailyBudget: number }
  readonly passwords: PasswordConfig
  /** Null: what people reach the gateway by. */
  readonly totpIssuer: string | null
  readonly messages: MessageConfig
  /** Where metrics are served; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null
  /** How long security events are kept in SQL. */
  readonly auditDays: number
  readonly rateLimitScale: number
  readonly trustProxy: number
  /** Plain requests are refused, except for health. */
  readonly requireHttps: boolean
  /** Certificate chain and key, PEM; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
  readonly load: LoadConfig
  readonly corsOrigins: readonly string[]
  /** Documents may be sent by their digest. */
  readonly persistedQueries: boolean
  /** The documents that may run; null: every one. */
  readonly persistedOperations: OperationManifest | null
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  readonly shutdownSeconds: number
  readonly drainSeconds: number
}
