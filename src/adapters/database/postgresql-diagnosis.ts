import type { Client } from 'pg'
import type { DatabaseConfig } from '../../config/groups/database.ts'
import { createFindings, type Finding } from '../../core/finding.ts'
import { parsePostgresqlUrl } from '../../core/postgresql-url.ts'

/** The oldest version that its developers maintain. */
const OLDEST_VERSION = 140_000
/** Bytes that a replica may be behind before it is of little use. */
const TOLERATED_LAG = 16 * 1024 * 1024

type Findings = ReturnType<typeof createFindings>

interface ServerFacts {
  readonly version: string
  readonly versionNumber: number
  readonly encoding: string
  readonly timeZone: string
  readonly readOnly: string
  readonly isPooled: boolean
  readonly maxConnections: number
  readonly usedConnections: number
  readonly mayCreate: boolean | null
  readonly forbidden: readonly string[]
}

const FACTS = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber",
  current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS "timeZone",
  current_setting('transaction_read_only') AS "readOnly", pg_backend_pid() <> $2::int AS "isPooled",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "maxConnections",
  (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS "usedConnections",
  (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1) AS "mayCreate",
  ARRAY(SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> '_prisma_migrations' AND NOT (
      has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
      AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')) ORDER BY 1) AS forbidden`

/** Checks of a server that accepts writes. */
export async function diagnoseServer(
  session: Client,
  config: DatabaseConfig,
  { instances, listens }: { readonly instances: number; readonly listens: boolean },
): Promise<readonly Finding[]> {
  const findings = createFindings('database')
  const [schema] = parsePostgresqlUrl(config.url).searchPath
  const { rows } = await session.query<ServerFacts>(FACTS, [schema, Reflect.get(session, 'processID') ?? 0])
  for (const facts of rows) {
    reportServer(findings, facts)
    reportRights(findings, facts, config)
    reportConnections(findings, facts, instances * (config.postgresql.poolSize + (listens ? 1 : 0)))
  }
  return findings.list
}

function reportServer(findings: Findings, facts: ServerFacts): void {
  const pooler = facts.isPooled ? ', through a pooler' : ''
  if (facts.versionNumber >= OLDEST_VERSION) findings.ok(`PostgreSQL ${facts.version}${pooler}`)
  else findings.warn(`PostgreSQL ${facts.version} is no longer maintained`, 'upgrade the server')
  if (facts.encoding === 'UTF8') findings.ok('encoding: UTF8')
  else findings.fail(`encoding: ${facts.encoding}`, 'create the database with ENCODING UTF8')
  findings.ok(`time zone: ${facts.timeZone}; it has no effect, times are stored in UTC`)
  if (facts.readOnly !== 'off')
    findings.fail(
      'the server accepts no writes: it is a standby or read-only',
      'name the primary in DATABASE_URL, or all servers with target_session_attrs=read-write',
    )
}

function reportRights(
  findings: Findings,
  { forbidden, mayCreate }: ServerFacts,
  { migratesOnStart }: DatabaseConfig,
): void {
  if (forbidden.length > 0)
    findings.fail(
      `rights: the role lacks SELECT, INSERT, UPDATE or DELETE on ${forbidden.join(', ')}`,
      'grant them to the role of DATABASE_URL',
    )
  else findings.ok('rights: the role reads and writes every table')
  if (migratesOnStart && mayCreate === false)
    findings.warn(
      'rights: the role may not create tables, so a start with pending migrations fails',
      'set MIGRATE_ON_START=off and run gateway migrate with a role that may',
    )
}

function reportConnections(
  findings: Findings,
  { isPooled, maxConnections, usedConnections }: ServerFacts,
  needed: number,
): void {
  const text = `connections: up to ${needed} of this gateway, ${maxConnections} allowed, ${usedConnections} in use`
  if (isPooled || needed <= maxConnections) findings.ok(text)
  else findings.warn(text, 'lower DATABASE_POOL_SIZE, raise max_connections, or use a pooler')
}

/** Checks of a read replica. */
export async function diagnoseReplica(session: Client): Promise<readonly Finding[]> {
  const findings = createFindings('database')
  const { rows } = await session.query<{ standby: boolean; lag: string | null; seconds: number | null }>(
    `SELECT pg_is_in_recovery() AS standby,
       pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text AS lag,
       CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
         ELSE round(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 1)::float END AS seconds`,
  )
  for (const { standby, lag, seconds } of rows) {
    if (!standby || lag === null)
      findings.warn(
        'replica: DATABASE_REPLICA_URL is not a streaming replica, so lists are read from DATABASE_URL',
        'name a streaming replica, or remove the setting',
      )
    else if (Number(lag) > TOLERATED_LAG)
      findings.warn(`replica: ${lag} bytes and ${seconds} s behind`, 'find out what delays the replay')
    else findings.ok(`replica: ${lag} bytes and ${seconds} s behind`)
  }
  return findings.list
}
