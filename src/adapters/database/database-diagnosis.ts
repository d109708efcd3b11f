import { existsSync } from 'node:fs'
import type { DatabaseConfig } from '../../config/groups/database.ts'
import { createFindings, type Finding } from '../../core/finding.ts'
import type { Logger } from '../../ports/logger.ts'
import { createListenProbe } from '../pub-sub/listen-probe.ts'
import { explainConnectionFailure } from './connection-failure.ts'
import { migrationStatus } from './migrations.ts'
import { connectSession } from './postgresql-session.ts'
import { PostgresqlTargets } from './postgresql-targets.ts'
import { diagnoseReplica, diagnoseServer } from './postgresql-diagnosis.ts'

/** What the checks need to know beside the settings of the database. */
export interface DatabaseDiagnosisOptions {
  /** Processes that share the server. */
  readonly instances: number
  /** Whether events between nodes travel by LISTEN. */
  readonly listens: boolean
  readonly log: Logger
}

/** What was found, and whether the tables of this version are there. */
export interface DatabaseDiagnosis {
  readonly findings: readonly Finding[]
  readonly hasTables: boolean
}

/** Checks the database without changing anything. Never rejects. */
export async function diagnoseDatabase(
  config: DatabaseConfig,
  options: DatabaseDiagnosisOptions,
): Promise<DatabaseDiagnosis> {
  const isSqlite = config.url.startsWith('file:')
  return isSqlite ? diagnoseSqlite(config) : diagnosePostgresql(config, options)
}

async function diagnoseSqlite(config: DatabaseConfig): Promise<DatabaseDiagnosis> {
  const findings = createFindings('database')
  const path = config.url.slice('file:'.length)
  if (!existsSync(path)) {
    findings.ok('SQLite: the file does not exist yet; the first start creates it')
    return { findings: findings.list, hasTables: false }
  }
  findings.ok('SQLite: the file exists')
  const migrations = await diagnoseMigrations(config)
  return { ...migrations, findings: [...findings.list, ...migrations.findings] }
}

async function diagnosePostgresql(
  config: DatabaseConfig,
  options: DatabaseDiagnosisOptions,
): Promise<DatabaseDiagnosis> {
  const [migrations, ...others] = await Promise.all([
    diagnoseMigrations(config),
    inspect('DATABASE_URL', config, config.url, (session) => diagnoseServer(session, config, options)),
    options.listens ? diagnoseListen(config, options.log) : [],
    diagnoseReplicaUrl(config),
  ])
  const [server = []] = others
  const isUsable = server.every(({ status }) => status !== 'failure')
  return {
    findings: [...server, ...migrations.findings, ...others.slice(1).flat()],
    hasTables: isUsable && migrations.hasTables,
  }
}

/** A replica that fails is a warning: lists are read from the primary meanwhile. */
async function diagnoseReplicaUrl(config: DatabaseConfig): Promise<readonly Finding[]> {
  if (config.replicaUrl === null) return []
  const found = await inspect('DATABASE_REPLICA_URL', config, config.replicaUrl, diagnoseReplica)
  return found.map((one) => (one.status === 'failure' ? { ...one, status: 'warning' } : one))
}

/** Runs checks on a connection of their own; a connection that fails is the finding. */
async function inspect(
  setting: string,
  { postgresql }: DatabaseConfig,
  url: string,
  check: (session: Awaited<ReturnType<typeof connectSession>>) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    const session = await connectSession(new PostgresqlTargets(url, postgresql))
    try {
      return await check(session)
    } finally {
      await session.end()
    }
  } catch (error) {
    return [toFailure(error, setting)]
  }
}

async function diagnoseMigrations(config: DatabaseConfig): Promise<DatabaseDiagnosis> {
  const findings = createFindings('database')
  const { directUrl: url, postgresql, migratesOnStart } = config
  try {
    const { applied, pending, newer } = await migrationStatus({ url, now: Date.now, postgresql })
    if (pending.length === 0) findings.ok(`migrations: ${applied.length} applied, none pending`)
    else if (migratesOnStart)
      findings.warn(`migrations: ${pending.length} pending`, 'the next start applies them')
    else
      findings.fail(`migrations: ${pending.length} pending and MIGRATE_ON_START=off`, 'run gateway migrate')
    if (newer.length > 0)
      findings.warn(
        `migrations: ${newer.length} of a newer version`,
        'this version works with them; install the newer version again after a rollback',
      )
    return { findings: findings.list, hasTables: pending.length === 0 }
  } catch (error) {
    const setting = url === config.url ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL'
    return { findings: [toFailure(error, setting)], hasTables: false }
  }
}

async function diagnoseListen(config: DatabaseConfig, log: Logger): Promise<readonly Finding[]> {
  const setting = config.directUrl === config.url ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL'
  return inspect(setting, config, config.directUrl, async (session) => {
    const findings = createFindings('database')
    const probe = createListenProbe(new PostgresqlTargets(config.directUrl, config.postgresql), log)
    await probe.run(session)
    if (probe.isHeard()) findings.ok('events between nodes: notifications arrive (LISTEN)')
    else
      findings.warn(
        'events between nodes: a pooler keeps notifications back, so sessions are polled once a second',
        'set DATABASE_DIRECT_URL to the server, or to a pooler in session mode',
      )
    return findings.list
  })
}

function toFailure(error: unknown, setting: string): Finding {
  const explained = explainConnectionFailure(error, setting)
  const text = explained instanceof Error ? explained.message : String(explained)
  return { area: 'database', status: 'failure', text, remedy: `check ${setting}` }
}
