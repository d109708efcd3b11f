import { z } from 'zod'
import { CLIENT_ID } from '../../core/client-secrets.ts'
import { SIGNING_ALGORITHMS } from '../../core/token-keys.ts'
import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import {
  commaSeparated,
  nonEmptyText,
  randomSecret,
  randomSecrets,
  textMatching,
  wholeNumber,
} from '../setting-types.ts'
import type { WebhookValues } from './messages/webhook.ts'

/** One id may occur twice: its second secret is accepted while the first one is being replaced. */
const serviceClients = commaSeparated
  .transform((entries) => entries.map((entry) => entry.split(':')))
  .refine(
    (entries) => entries.every(isClientEntry),
    'entries such as orders:5e88…, separated by commas, as `gateway client-secret <id>` prints them',
  )
  .transform((entries) => entries.map(([id = '', secretHash = '']) => ({ id, secretHash })))
  .describe('`id:sha256-hex` entries separated by commas')

/** Not a list: a verifier that expects one of its items would never find it. */
const audience = textMatching(/^[^\s,]+$/, 'one audience, without commas and white space')

const settings = {
  GATEWAY_SECRET: {
    type: randomSecret.optional(),
    secret: true,
    doc: 'Master secret, from which the keys for refresh tokens, stored codes, rate limits and encrypted columns are derived. All nodes need the same one.',
    fallback: 'generated once and stored in `DATA_DIR`',
  },
  GATEWAY_SECRETS_ACCEPTED: {
    type: randomSecrets.default([]),
    secret: true,
    doc: 'Previous master secrets, for rotation: what was protected with them is still accepted.',
    fallback: 'none',
  },
  JWT_ALGORITHM: {
    type: z.enum(SIGNING_ALGORITHMS).default('ES256'),
    doc: 'Signature algorithm of access tokens.',
  },
  JWT_KEYS: {
    type: z.string().describe('JSON').optional(),
    secret: true,
    doc: 'Static signing keys: a private JWK Set (RFC 7517). The first key signs, all keys verify.',
    fallback:
      'managed keys, which are generated, rotated and stored encrypted in the database (`gateway keys`)',
  },
  KEY_ROTATION_DAYS: {
    type: wholeNumber(0, 3650).default(90),
    unit: 'd',
    doc: 'Age at which a managed signing key is replaced; 0 disables the rotation.',
  },
  JWT_SECRET: {
    type: randomSecret.optional(),
    secret: true,
    doc: 'Shared secret that signs access tokens. Required with `JWT_ALGORITHM=HS256`, rejected otherwise.',
  },
  JWT_SECRETS_ACCEPTED: {
    type: randomSecrets.default([]),
    secret: true,
    doc: 'HS256 only: further secrets that verify tokens and sign none, for rotation.',
    fallback: 'none',
  },
  JWT_ISSUER: {
    type: nonEmptyText('text').optional(),
    doc: '`iss` of access tokens.',
    fallback: '`PUBLIC_URL`, otherwise `graphql-auth-gateway`',
  },
  JWT_AUDIENCE: { type: audience.default('graphql'), doc: '`aud` of access tokens: one value.' },
  JWT_LEEWAY_SECONDS: {
    type: wholeNumber(0, 60).default(5),
    unit: 's',
    doc: 'Tolerated clock difference in the times of an access token. Nodes on PostgreSQL use the clock of its server: see [production.md](production.md#clocks).',
  },
  ACCESS_TOKEN_MINUTES: {
    type: wholeNumber(1, 1440).default(15),
    unit: 'min',
    doc: 'Lifetime of an access token.',
  },
  INTROSPECTION_CLIENTS: {
    type: serviceClients.default([]),
    doc: 'Services that may call `/introspect` and `/revoke`. `gateway client-secret <id>` prints an entry; an id may occur twice, for rotation. The endpoints exist only when at least one service is listed.',
    fallback: 'none',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type TokenValues = ValuesOf<typeof settings>

type Values = TokenValues & WebhookValues

/** The keys that sign access tokens. */
export type KeyConfig =
  | {
      /** Generated, rotated and stored by the gateway. */
      readonly kind: 'managed'
      readonly algorithm: 'ES256' | 'EdDSA' | 'RS256'
      /** 0: never. */
      readonly rotationDays: number
    }
  | {
      /** Set by `JWT_KEYS`. */
      readonly kind: 'static'
      readonly algorithm: 'ES256' | 'EdDSA' | 'RS256'
      readonly jwks: string
    }
  | {
      /** Shared secrets. */
      readonly kind: 'shared'
      readonly algorithm: 'HS256'
      readonly secret: string
      /** Verify tokens and sign none. */
      readonly accepted: readonly string[]
    }

/** Access tokens, their keys and the master secret. */
export interface TokenConfig {
  /** Null: generated once and stored in the data folder. */
  readonly masterSecret: string | null
  /** Previous master secrets: accepted, not used for anything new. */
  readonly masterSecretsAccepted: readonly string[]
  readonly keys: KeyConfig
  /** Null: the public URL, or the name of the gateway. */
  readonly issuer: string | null
  readonly audience: string
  readonly leewaySeconds: number
  readonly minutes: number
  /** Services that may introspect and revoke tokens. */
  readonly introspectionClients: readonly { readonly id: string; readonly secretHash: string }[]
}

/** Settings of access tokens, signing keys and secrets. */
export const tokenGroup = {
  title: 'Tokens, keys and secrets',
  settings,
  toConfig: (values: TokenValues): TokenConfig => ({
    masterSecret: values.GATEWAY_SECRET ?? null,
    masterSecretsAccepted: values.GATEWAY_SECRETS_ACCEPTED,
    keys: toKeys(values),
    issuer: values.JWT_ISSUER ?? null,
    audience: values.JWT_AUDIENCE,
    leewaySeconds: values.JWT_LEEWAY_SECONDS,
    minutes: values.ACCESS_TOKEN_MINUTES,
    introspectionClients: values.INTROSPECTION_CLIENTS,
  }),
  crossChecks: (values: Values) => [
    ...checkAlgorithm(values),
    [
      hasDuplicates(listSecrets(values)),
      'GATEWAY_SECRET: must differ from JWT_SECRET, MESSAGE_WEBHOOK_SECRET and every accepted secret',
    ],
  ],
} satisfies SettingGroup<Values, TokenConfig>

function toKeys(values: TokenValues): KeyConfig {
  const algorithm = values.JWT_ALGORITHM
  if (algorithm === 'HS256') {
    const { JWT_SECRET: secret = '', JWT_SECRETS_ACCEPTED: accepted } = values
    return { kind: 'shared', algorithm, secret, accepted }
  }
  return values.JWT_KEYS === undefined
    ? { kind: 'managed', algorithm, rotationDays: values.KEY_ROTATION_DAYS }
    : { kind: 'static', algorithm, jwks: values.JWT_KEYS }
}

function checkAlgorithm(values: TokenValues): CrossCheck[] {
  const isShared = values.JWT_ALGORITHM === 'HS256'
  return [
    [isShared && values.JWT_SECRET === undefined, 'JWT_SECRET: required with JWT_ALGORITHM=HS256'],
    [isShared && values.JWT_KEYS !== undefined, 'JWT_KEYS: must not be set with JWT_ALGORITHM=HS256'],
    [!isShared && values.JWT_SECRET !== undefined, 'JWT_SECRET: must be set only with JWT_ALGORITHM=HS256'],
    [
      !isShared && values.JWT_SECRETS_ACCEPTED.length > 0,
      'JWT_SECRETS_ACCEPTED: must be set only with JWT_ALGORITHM=HS256',
    ],
  ]
}

/** One secret for two purposes would be as strong as the weaker use of it. */
function listSecrets(values: Values): string[] {
  return [
    ...[values.GATEWAY_SECRET, values.JWT_SECRET, values.MESSAGE_WEBHOOK_SECRET].filter(
      (secret) => secret !== undefined,
    ),
    ...values.GATEWAY_SECRETS_ACCEPTED,
    ...values.JWT_SECRETS_ACCEPTED,
  ]
}

function hasDuplicates(items: readonly string[]): boolean {
  return new Set(items).size < items.length
}

function isClientEntry([id = '', hash = '', ...rest]: readonly string[]): boolean {
  return CLIENT_ID.test(id) && /^[0-9a-f]{64}$/.test(hash) && rest.length === 0
}
