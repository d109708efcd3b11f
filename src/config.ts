import { contradictions } from './contradictions.ts'
import { ManifestError, parseManifest, type OperationManifest } from './core/operation-manifest.ts'
import type { z } from 'zod'
import { textOf, type Environment } from './environment.ts'
import { SETTINGS, type Settings } from './settings.ts'
import { requiresHttps, tlsOf } from './transport-settings.ts'

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
  readonly otp: { readonly length: number; readonly minutes: number; readonly exposeCode: boolean }
  readonly passwordMinLength: number
  /** How long security events are kept in SQL. */
  readonly auditDays: number
  readonly rateLimitScale: number
  readonly trustProxy: number
  /** Plain requests are refused, except for health. */
  readonly requireHttps: boolean
  /** Certificate chain and key, PEM; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** How much is taken on, and how long it may take. */
  readonly load: {
    readonly maxInFlight: number
    readonly maxLoopDelayMs: number
    readonly requestSeconds: number
  }
  readonly corsOrigins: readonly string[]
  /** Documents may be sent by their digest. */
  readonly persistedQueries: boolean
  /** The documents that may run; null: every one. */
  readonly persistedOperations: OperationManifest | null
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  readonly shutdownSeconds: number
  readonly drainSeconds: number
}

/** The settings are not usable. `problems` has one line for each, naming the variable and what is expected, never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** Checks every setting and reports all problems at once in a `ConfigError`. */
export function loadConfig(environment: Environment): Config {
  const problems: string[] = []
  const raw: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const parsed = setting.type.safeParse(textOf(name, environment, problems))
    if (parsed.success) raw[name] = parsed.data
    else problems.push(`${name}: expected ${parsed.error.issues.map(expectation).join('; ')}`)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const settings = raw as Settings
  problems.push(...contradictions(settings))
  const operations = operationsOf(settings, environment, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return toConfig(settings, operations)
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  return issue.message
}

function operationsOf(
  { PERSISTED_OPERATIONS: path }: Settings,
  { readFile }: Environment,
  problems: string[],
): OperationManifest | null {
  if (path === undefined) return null
  try {
    return parseManifest(readFile(path))
  } catch (error) {
    const expected = error instanceof ManifestError ? error.message : 'a file that can be read'
    problems.push(`PERSISTED_OPERATIONS: expected ${expected}`)
    return null
  }
}

function toConfig(raw: Settings, persistedOperations: OperationManifest | null): Config {
  return {
    environment: raw.NODE_ENV,
    host: raw.HOST,
    port: raw.PORT,
    dataDir: raw.DATA_DIR,
    databaseUrl: raw.DATABASE_URL ?? `file:${raw.DATA_DIR.replace(/\/$/, '')}/gateway.db`,
    stateStore: stateStoreOf(raw),
    keys: keysOf(raw),
    masterSecret: raw.GATEWAY_SECRET ?? null,
    masterSecretsAccepted: raw.GATEWAY_SECRETS_ACCEPTED,
    publicUrl: raw.PUBLIC_URL ?? null,
    introspectionClients: raw.INTROSPECTION_CLIENTS,
    token: {
      issuer: raw.JWT_ISSUER ?? null,
      audience: raw.JWT_AUDIENCE,
      leewaySeconds: raw.JWT_LEEWAY_SECONDS,
      minutes: raw.ACCESS_TOKEN_MINUTES,
    },
    session: {
      refreshDays: raw.REFRESH_TOKEN_DAYS,
      graceSeconds: raw.REFRESH_GRACE_SECONDS,
      maxDays: raw.SESSION_MAX_DAYS,
      idleMinutes: raw.SESSION_IDLE_MINUTES,
      perUser: raw.SESSIONS_PER_USER,
      transport: raw.REFRESH_TRANSPORT,
      roleScopes: raw.ROLE_SCOPES,
    },
    otp: {
      length: raw.OTP_LENGTH,
      minutes: raw.OTP_EXPIRATION_MINUTES,
      exposeCode: raw.OTP_EXPOSE_CODE ?? raw.NODE_ENV !== 'production',
    },
    passwordMinLength: raw.PASSWORD_MIN_LENGTH,
    auditDays: raw.AUDIT_DAYS,
    rateLimitScale: raw.RATE_LIMIT_SCALE,
    trustProxy: raw.TRUST_PROXY,
    requireHttps: requiresHttps(raw),
    tls: tlsOf(raw),
    load: {
      maxInFlight: raw.MAX_IN_FLIGHT,
      maxLoopDelayMs: raw.MAX_LOOP_DELAY_MS,
      requestSeconds: raw.REQUEST_SECONDS,
    },
    corsOrigins: raw.CORS_ORIGINS,
    persistedQueries: raw.PERSISTED_QUERIES,
    persistedOperations,
    logLevel: raw.LOG_LEVEL,
    shutdownSeconds: raw.SHUTDOWN_SECONDS,
    drainSeconds: raw.SHUTDOWN_DRAIN_SECONDS,
  }
}

function stateStoreOf(raw: Settings): StateStoreConfig {
  const url = raw.REDIS_URL ?? (raw.REDIS_HOST === undefined ? undefined : redisUrl(raw, raw.REDIS_HOST))
  const kind = raw.STATE_STORE ?? (url === undefined ? 'database' : 'redis')
  return kind === 'redis' && url !== undefined
    ? { kind, url, waitReplicas: raw.REDIS_WAIT_REPLICAS }
    : { kind: kind === 'memory' ? 'memory' : 'database' }
}

function redisUrl(raw: Settings, host: string): string {
  const credentials = raw.REDIS_PASSWORD === undefined ? '' : `:${encodeURIComponent(raw.REDIS_PASSWORD)}@`
  return `redis://${credentials}${host}:${raw.REDIS_PORT}/${raw.REDIS_DB}`
}

function keysOf(raw: Settings): KeyConfig {
  const algorithm = raw.JWT_ALGORITHM
  if (algorithm === 'HS256')
    return { kind: 'shared', algorithm, secret: raw.JWT_SECRET ?? '', accepted: raw.JWT_SECRETS_ACCEPTED }
  return raw.JWT_KEYS === undefined
    ? { kind: 'kept', algorithm, rotationDays: raw.KEY_ROTATION_DAYS }
    : { kind: 'given', algorithm, jwks: raw.JWT_KEYS }
}
