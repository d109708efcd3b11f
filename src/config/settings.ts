import { z } from 'zod'
import { SIGNING_ALGORITHMS } from '../core/token-keys.ts'
import { LOAD_SETTINGS } from './groups/load-settings.ts'
import { MESSAGE_SETTINGS } from './groups/message-settings.ts'
import { OTP_SETTINGS } from './groups/otp-settings.ts'
import { PASSWORD_SETTINGS } from './groups/password-settings.ts'
import {
  switchValue,
  whole,
  secret,
  secrets,
  origins,
  roleScopes,
  serviceClients,
  urlWith,
  type Setting,
} from './setting-types.ts'
import { WORD_SETTINGS } from './groups/branding-settings.ts'

/** Every environment variable, in the order of the documentation. */
export const SETTINGS = {
  NODE_ENV: {
    type: z.enum(['development', 'test', 'production']).default('development'),
    doc: '`development`, `test` or `production`. Production refuses every development convenience.',
  },
  HOST: {
    type: z.string().min(1, 'a host name or address').default('127.0.0.1'),
    doc: 'Address to listen on.',
  },
  PORT: { type: whole(0, 65535).default(4000), doc: 'TCP port, 0 to 65535; 0 takes a free one.' },
  DATA_DIR: {
    type: z.string().min(1, 'a folder').default('./data'),
    doc: 'Folder for the SQLite file, keys and secrets (mode 0600) and the development outbox.',
  },
  DATABASE_URL: {
    type: urlWith(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'file:… or postgresql://…').optional(),
    doc: '`file:…` (SQLite) or `postgresql://…`. Default: `file:` in `DATA_DIR`.',
  },
  REDIS_URL: {
    type: urlWith(/^rediss?:\/\/.+$/, 'redis://… or rediss://…').optional(),
    doc: '`redis://…` or `rediss://…`; selects the `redis` state store.',
  },
  REDIS_HOST: {
    type: z.string().min(1, 'a host name or address').optional(),
    doc: 'Instead of `REDIS_URL`: host.',
  },
  REDIS_PORT: { type: whole(1, 65535).default(6379), doc: 'With `REDIS_HOST`: port.' },
  REDIS_DB: { type: whole(0, 65535).default(0), doc: 'With `REDIS_HOST`: database number.' },
  REDIS_PASSWORD: { type: z.string().optional(), doc: 'With `REDIS_HOST`: password.' },
  REDIS_WAIT_REPLICAS: {
    type: whole(0, 5).default(0),
    doc: 'Replicas that must have a write before it is answered (Redis WAIT, at most 200 ms), 0 to 5; fewer is SERVICE_UNAVAILABLE. With 0 a failover may lose the last writes: an ended session then lives on for at most 60 s.',
  },
  STATE_STORE: {
    type: z.enum(['database', 'redis', 'memory']).optional(),
    doc: '`database`, `redis` or `memory` (one process, tests). Default: `redis` when Redis is configured, else `database`.',
  },
  INSTANCES: {
    type: whole(1, 10000).default(1),
    doc: 'How many processes serve together; above 1 the `memory` store is refused.',
  },
  JWT_ALGORITHM: {
    type: z.enum(SIGNING_ALGORITHMS).default('ES256'),
    doc: 'Signature of access tokens: `ES256`, `EdDSA`, `RS256` or `HS256`.',
  },
  JWT_KEYS: {
    type: z.string().optional(),
    doc: 'Private JWK Set (RFC 7517) as JSON; the first key signs, all verify. Default: made, rotated and kept sealed in the database (`gateway keys`).',
  },
  JWT_SECRET: { type: secret.optional(), doc: 'HS256 only: shared secret, at least 32 bytes.' },
  JWT_SECRETS_ACCEPTED: {
    type: secrets.default([]),
    doc: 'HS256 only: further secrets that verify and do not sign, separated by commas, for rotation.',
  },
  KEY_ROTATION_DAYS: {
    type: whole(0, 3650).default(90),
    doc: 'Age at which a signing key that the gateway keeps is followed by the next, 0 (never) to 3650 d.',
  },
  GATEWAY_SECRET: {
    type: secret.optional(),
    doc: 'Master secret of refresh tokens, sealed keys, stored codes and limit keys, at least 32 bytes. Default: made once and kept in `DATA_DIR`.',
  },
  GATEWAY_SECRETS_ACCEPTED: {
    type: secrets.default([]),
    doc: 'Further master secrets whose refresh tokens and sealed keys are accepted, separated by commas, for rotation.',
  },
  JWT_ISSUER: {
    type: z.string().min(1, 'a text').optional(),
    doc: '`iss` of access tokens. Default: `PUBLIC_URL`, else `graphql-auth-gateway`.',
  },
  JWT_AUDIENCE: { type: z.string().min(1, 'a text').default('graphql'), doc: '`aud` of access tokens.' },
  JWT_LEEWAY_SECONDS: {
    type: whole(0, 60).default(5),
    doc: 'Clock difference between nodes that is forgiven, 0 to 60 s.',
  },
  ACCESS_TOKEN_MINUTES: { type: whole(1, 1440).default(15), doc: 'Life of an access token, 1 to 1440 min.' },
  REFRESH_TOKEN_DAYS: {
    type: whole(1, 365).default(7),
    doc: 'A session ends when it was not refreshed for this long, 1 to 365 d.',
  },
  REFRESH_GRACE_SECONDS: {
    type: whole(0, 300).default(30),
    doc: 'How long the last refresh token still answers the same successor, 0 to 300 s.',
  },
  REFRESH_TRANSPORT: {
    type: z.enum(['body', 'cookie']).default('body'),
    doc: '`body`: refresh tokens are arguments and fields. `cookie`: they ride in `__Host-gateway-refresh` (HttpOnly, Secure, SameSite=Strict), for pages of `PUBLIC_URL` and `CORS_ORIGINS` only.',
  },
  SESSION_MAX_DAYS: {
    type: whole(1, 365).default(30),
    doc: 'A session ends this long after sign-in, whatever happens, 1 to 365 d.',
  },
  SESSION_IDLE_MINUTES: {
    type: whole(0, 525_600).default(0),
    doc: 'A session ends sooner when it was not refreshed for this long, 0 (only `REFRESH_TOKEN_DAYS` counts) to 525600 min; more than `ACCESS_TOKEN_MINUTES`.',
  },
  SESSIONS_PER_USER: {
    type: whole(1, 1000).default(20),
    doc: 'Living sessions of one account, 1 to 1000; one more ends the oldest.',
  },
  ROLE_SCOPES: {
    type: roleScopes.prefault('USER=posts:read posts:write'),
    doc: 'Scopes (RFC 6749 §3.3) that each role gives: `USER=posts:read posts:write,EDITOR=posts:publish`. Read anew at every refresh.',
  },
  ...OTP_SETTINGS,
  ...PASSWORD_SETTINGS,
  RATE_LIMIT_SCALE: {
    type: whole(1, 1_000_000).default(1),
    doc: 'Multiplies every request limit, for load tests; refused in production.',
  },
  TRUST_PROXY: {
    type: whole(0, 10).default(0),
    doc: 'How many proxies stand in front; `X-Forwarded-For` is read from the right past that many, 0 ignores it.',
  },
  REQUIRE_HTTPS: {
    type: switchValue.optional(),
    doc: 'Refuses requests that did not come over TLS, here or at the outermost of `TRUST_PROXY` proxies (`X-Forwarded-Proto`); health is answered anyway. Default: on in production, unless `HOST` is loopback and `TRUST_PROXY` is 0.',
  },
  TLS_CERT: {
    type: z.string().optional(),
    doc: 'Serves HTTPS (TLS 1.2 and 1.3) with this certificate chain, PEM; mostly as `TLS_CERT_FILE`.',
  },
  TLS_KEY: {
    type: z.string().optional(),
    doc: 'Private key of `TLS_CERT`, PEM; mostly as `TLS_KEY_FILE`.',
  },
  ...LOAD_SETTINGS,
  PUBLIC_URL: {
    type: z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' }).optional(),
    doc: 'Address that people reach the gateway at. Used for the tokens’ issuer, for text messages whose code a browser may fill in (https:// alone), and for the discovery document, which is not served without it.',
  },
  ...WORD_SETTINGS,
  INTROSPECTION_CLIENTS: {
    type: serviceClients.default([]),
    doc: 'Services that may use `/introspect` and `/revoke`: `id:sha256-hex` entries separated by commas, made by `gateway client-secret <id>`; an id may stand twice, for rotation. Default: none, and neither endpoint exists.',
  },
  PERSISTED_QUERIES: {
    type: switchValue.default(true),
    doc: 'Automatic persisted queries: clients send the SHA-256 of a document they sent within the hour instead of it. Default: on.',
  },
  PERSISTED_OPERATIONS: {
    type: z.string().min(1, 'a file').optional(),
    doc: 'Path of a manifest `{ "<sha256>": "<document>" }`, such as the `persisted-documents.json` of graphql-codegen: only its documents run, sent by SHA-256 or in full, over HTTP and WebSocket; every other one is refused. Default: every document runs.',
  },
  CORS_ORIGINS: {
    type: origins.default([]),
    doc: 'Origins that may call from a browser, separated by commas. Development adds Apollo Sandbox.',
  },
  ...MESSAGE_SETTINGS,
  AUDIT_DAYS: {
    type: whole(1, 3650).default(90),
    doc: 'How long security events are kept in SQL (`myAuditEvents`), 1 to 3650 d. The log has them as long as you keep it.',
  },
  LOG_LEVEL: {
    type: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
    doc: 'Least severe level that is logged.',
  },
  SHUTDOWN_DRAIN_SECONDS: {
    type: whole(0, 60).default(1),
    doc: 'After SIGTERM: how long `/readyz` is red while requests are still taken, so that load balancers look away first, 0 to 60 s.',
  },
  SHUTDOWN_SECONDS: {
    type: whole(1, 300).default(20),
    doc: 'Longest time a stop may take before the process ends with status 1, 1 to 300 s.',
  },
} as const satisfies Record<string, Setting>

/** Those that hold, or may hold, a secret: a file for one of them must not be open to everybody. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set<SettingName>([
  'DATABASE_URL',
  'REDIS_URL',
  'REDIS_PASSWORD',
  'JWT_KEYS',
  'JWT_SECRET',
  'JWT_SECRETS_ACCEPTED',
  'GATEWAY_SECRET',
  'GATEWAY_SECRETS_ACCEPTED',
  'TLS_KEY',
  'SMTP_URL',
  'SENDGRID_API_KEY',
  'MAILGUN_API_KEY',
  'TWILIO_AUTH_TOKEN',
  'MESSAGE_WEBHOOK_SECRET',
])

/** Name of an environment variable. */
export type SettingName = keyof typeof SETTINGS
/** The settings one by one, before they are checked against each other. */
export type Settings = { [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['type']> }
