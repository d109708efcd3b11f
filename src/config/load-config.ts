import type { Config, KeyConfig, StateStoreConfig } from './config.ts'
import { contradictions } from './cross-checks.ts'
import { ManifestError, parseManifest, type OperationManifest } from '../core/operation-manifest.ts'
import { loadOf } from './groups/load-settings.ts'
import { messagesOf } from './groups/message-settings.ts'
import { passwordsOf } from './groups/password-settings.ts'
import type { z } from 'zod'
import { textOf, type Environment } from './environment.ts'
import { SETTINGS, type Settings } from './settings.ts'
import { requiresHttps, tlsOf } from './groups/transport-settings.ts'
import { wordsOf } from './groups/branding-settings.ts'

export type { Config, KeyConfig, StateStoreConfig } from './config.ts'

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
    words: wordsOf(raw),
    devOutbox: raw.NODE_ENV === 'production' ? 'off' : raw.DEV_OUTBOX,
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
      testCodes: raw.OTP_TEST_CODES,
      testCodesUntil: raw.OTP_TEST_CODES_UNTIL === undefined ? null : Date.parse(raw.OTP_TEST_CODES_UNTIL),
    },
    emailLink: { minutes: raw.EMAIL_LINK_MINUTES, page: linkPageOf(raw) },
    sms: { countries: raw.SMS_COUNTRIES, dailyBudget: raw.SMS_DAILY_BUDGET },
    messages: messagesOf(raw),
    metrics: raw.METRICS_PORT === undefined ? null : { host: raw.METRICS_HOST, port: raw.METRICS_PORT },
    passwords: passwordsOf(raw),
    totpIssuer: raw.TOTP_ISSUER ?? null,
    auditDays: raw.AUDIT_DAYS,
    rateLimitScale: raw.RATE_LIMIT_SCALE,
    trustProxy: raw.TRUST_PROXY,
    requireHttps: requiresHttps(raw),
    tls: tlsOf(raw),
    load: loadOf(raw),
    corsOrigins: raw.CORS_ORIGINS,
    persistedQueries: raw.PERSISTED_QUERIES,
    persistedOperations,
    logLevel: raw.LOG_LEVEL,
    shutdownSeconds: raw.SHUTDOWN_SECONDS,
    drainSeconds: raw.SHUTDOWN_DRAIN_SECONDS,
  }
}

/** Never from a request: whoever sends one chooses its `Host`. */
function linkPageOf({ VERIFY_EMAIL_URL: own, PUBLIC_URL: publicUrl }: Settings): string | null {
  return own ?? (publicUrl === undefined ? null : new URL('/verify-email', publicUrl).href)
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
