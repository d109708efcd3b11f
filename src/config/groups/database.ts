import { z } from 'zod'
import { findAuthorityProblem, findTlsProblem } from '../../core/certificates.ts'
import { PostgresqlUrlError, isPostgresqlUrl, parsePostgresqlUrl } from '../../core/postgresql-url.ts'
import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { onOff, wholeNumber } from '../setting-types.ts'
import type { LoadValues } from './load.ts'
import type { ServerValues } from './server.ts'
import type { StoreValues } from './store.ts'
import type { WorkerValues } from './workers.ts'

const postgresqlUrl = z
  .string()
  .superRefine((text, context) => {
    const message = findUrlProblem(text)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
  .describe('postgresql://…')

const databaseUrl = z
  .string()
  .superRefine((text, context) => {
    if (/^file:.+$/.test(text)) return
    const message = isPostgresqlUrl(text) ? findUrlProblem(text) : 'file:… or postgresql://…'
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
  .describe('file:… or postgresql://…')

function findUrlProblem(text: string): string | null {
  try {
    parsePostgresqlUrl(text)
    return null
  } catch (error) {
    if (error instanceof PostgresqlUrlError) return error.message
    throw error
  }
}

const settings = {
  DATABASE_URL: {
    type: databaseUrl.optional(),
    secret: true,
    doc: 'Database: `file:` and a path (SQLite), or `postgresql://…`. [postgresql.md](postgresql.md#urls) describes the parameters of a URL.',
    fallback: '`file:<DATA_DIR>/gateway.db`',
  },
  DATABASE_DIRECT_URL: {
    type: postgresqlUrl.optional(),
    secret: true,
    doc: 'PostgreSQL without the pooler of `DATABASE_URL`: for migrations and for events between nodes (`LISTEN`).',
    fallback: '`DATABASE_URL`',
  },
  DATABASE_REPLICA_URL: {
    type: postgresqlUrl.optional(),
    secret: true,
    doc: 'Read replica of PostgreSQL, for lists of posts only ([postgresql.md](postgresql.md#read-replica)).',
    fallback: 'lists are read from `DATABASE_URL`',
  },
  DATABASE_CA: {
    type: z.string().describe('PEM').optional(),
    doc: 'Certificates of the authorities that the certificate of PostgreSQL must come from; it needs `sslmode=require`, `verify-ca` or `verify-full`. Usually set as `DATABASE_CA_FILE`.',
    fallback: 'the authorities that Node.js trusts',
  },
  DATABASE_CERT: {
    type: z.string().describe('PEM').optional(),
    doc: 'Client certificate for PostgreSQL. Usually set as `DATABASE_CERT_FILE`.',
  },
  DATABASE_KEY: {
    type: z.string().describe('PEM').optional(),
    secret: true,
    doc: 'Private key of `DATABASE_CERT`, without a passphrase. Usually set as `DATABASE_KEY_FILE`.',
  },
  DATABASE_POOL_SIZE: {
    type: wholeNumber(1, 500).default(10),
    doc: 'Maximum number of PostgreSQL connections of this process (of each worker), which is also the number of statements at a time. One caller uses at most three tenths of them.',
  },
  DATABASE_CONNECT_TIMEOUT: {
    type: wholeNumber(50, 30_000).default(800),
    unit: 'ms',
    doc: 'Maximum time for a new connection to a PostgreSQL server, for each host of the URL.',
  },
  DATABASE_STATEMENT_TIMEOUT: {
    type: wholeNumber(50, 30_000).default(600),
    unit: 'ms',
    doc: 'Maximum time for a PostgreSQL statement; then the server cancels it. A server that does not respond 200 ms later counts as unreachable.',
  },
  MIGRATE_ON_START: {
    type: onOff.default(true),
    doc: 'Whether a start applies pending migrations. With `off` it is refused while migrations are pending: `gateway migrate` applies them, with the role of its own `DATABASE_URL`.',
  },
  AUDIT_DAYS: {
    type: wholeNumber(1, 3650).default(90),
    unit: 'd',
    doc: 'How long security events are kept in the database (`myAuditEvents`). The retention of the log is separate.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type DatabaseValues = ValuesOf<typeof settings>

type Values = DatabaseValues &
  ServerValues &
  LoadValues &
  Pick<StoreValues, 'INSTANCES'> &
  Pick<WorkerValues, 'WORKERS'>

/** How PostgreSQL is connected to. */
export interface PostgresqlConfig {
  /** Certificates in PEM; null: not set. */
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null }
  readonly poolSize: number
  /** For each host. */
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
}

/** What the settings have by default, for programs that open a database without them. */
export const DEFAULT_POSTGRESQL: PostgresqlConfig = {
  tls: { ca: null, cert: null, key: null },
  poolSize: settings.DATABASE_POOL_SIZE.type.parse(undefined),
  connectTimeoutMs: settings.DATABASE_CONNECT_TIMEOUT.type.parse(undefined),
  statementTimeoutMs: settings.DATABASE_STATEMENT_TIMEOUT.type.parse(undefined),
}

/** The database. */
export interface DatabaseConfig {
  readonly url: string
  /** For migrations and LISTEN: without a pooler. */
  readonly directUrl: string
  /** For lists; null: `url`. */
  readonly replicaUrl: string | null
  readonly postgresql: PostgresqlConfig
  readonly migratesOnStart: boolean
  /** Gateway processes that share the database. */
  readonly instances: number
  /** Retention of security events. */
  readonly auditDays: number
}

/** Settings of the database. */
export const databaseGroup = {
  title: 'Database',
  settings,
  toConfig: (values: Values): DatabaseConfig => {
    const url = values.DATABASE_URL ?? `file:${values.DATA_DIR.replace(/\/$/, '')}/gateway.db`
    return {
      url,
      directUrl: values.DATABASE_DIRECT_URL ?? url,
      replicaUrl: values.DATABASE_REPLICA_URL ?? null,
      postgresql: {
        tls: {
          ca: values.DATABASE_CA ?? null,
          cert: values.DATABASE_CERT ?? null,
          key: values.DATABASE_KEY ?? null,
        },
        poolSize: values.DATABASE_POOL_SIZE,
        connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT,
        statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT,
      },
      migratesOnStart: values.MIGRATE_ON_START,
      instances: Math.max(values.INSTANCES, typeof values.WORKERS === 'number' ? values.WORKERS : 1),
      auditDays: values.AUDIT_DAYS,
    }
  },
  crossChecks: (values: Values, now: number) => [
    ...checkUrls(values),
    ...checkTls(values, now),
    ...(['DATABASE_CONNECT_TIMEOUT', 'DATABASE_STATEMENT_TIMEOUT'] as const).map((name): CrossCheck => [
      values[name] >= values.REQUEST_SECONDS * 1000,
      `${name}: must be less than REQUEST_SECONDS`,
    ]),
  ],
} satisfies SettingGroup<Values, DatabaseConfig>

const URLS = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_REPLICA_URL'] as const

function checkUrls(values: DatabaseValues): readonly CrossCheck[] {
  const isPostgresql = isPostgresqlUrl(values.DATABASE_URL ?? '')
  const address = isPostgresql ? parsePostgresqlUrl(values.DATABASE_URL ?? '') : null
  const others = (['DATABASE_DIRECT_URL', 'DATABASE_REPLICA_URL'] as const).flatMap((name) => {
    const url = values[name]
    return url === undefined ? [] : [{ name, other: parsePostgresqlUrl(url) }]
  })
  return [
    ...others.map(({ name }): CrossCheck => [!isPostgresql, `${name}: needs DATABASE_URL=postgresql://…`]),
    ...others.map(({ name, other }): CrossCheck => [
      address !== null && other.searchPath.join() !== address.searchPath.join(),
      `${name}: must have the schema of DATABASE_URL`,
    ]),
    [
      /^(read-only|standby)$/.test(address?.targetSessionAttrs ?? ''),
      'DATABASE_URL: target_session_attrs must be any, read-write or primary; a replica is named by DATABASE_REPLICA_URL',
    ],
  ]
}

function checkTls(values: DatabaseValues, now: number): readonly CrossCheck[] {
  const { DATABASE_CA: ca, DATABASE_CERT: cert, DATABASE_KEY: key } = values
  const addresses = URLS.flatMap((name) => {
    const url = values[name]
    return url !== undefined && isPostgresqlUrl(url) ? [{ name, address: parsePostgresqlUrl(url) }] : []
  })
  const authorityProblem = ca === undefined ? null : findAuthorityProblem(ca, now)
  const pairProblem = cert === undefined || key === undefined ? null : findTlsProblem(cert, key, now)
  return [
    [authorityProblem !== null, `DATABASE_CA: expected ${authorityProblem}`],
    [cert === undefined && key !== undefined, 'DATABASE_CERT: required with DATABASE_KEY'],
    [cert !== undefined && key === undefined, 'DATABASE_KEY: required with DATABASE_CERT'],
    [
      pairProblem !== null,
      `${pairProblem?.of === 'key' ? 'DATABASE_KEY' : 'DATABASE_CERT'}: expected ${pairProblem?.expected}`,
    ],
    ...addresses.flatMap(({ name, address: { files, sslMode } }): CrossCheck[] => [
      [
        ca !== undefined && /^(disable|allow|prefer)$/.test(sslMode),
        `${name}: must have sslmode=require, verify-ca or verify-full with DATABASE_CA`,
      ],
      [
        ca !== undefined && files.rootCertificate !== null,
        `${name}: must not have sslrootcert with DATABASE_CA`,
      ],
      [
        sslMode === 'verify-ca' && ca === undefined && files.rootCertificate === null,
        `${name}: sslmode=verify-ca needs DATABASE_CA or sslrootcert; use verify-full with a public authority`,
      ],
      [
        (files.certificate === null) !== (files.key === null),
        `${name}: must have both sslcert and sslkey, or neither`,
      ],
    ]),
  ]
}
