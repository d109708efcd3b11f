import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start, unprivilegedUser } from './processes.ts'

/** A private PostgreSQL server. */
export interface PostgresServer {
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /** Stops every process of the server without closing a connection. */
  pause(): void
  resume(): void
  /** Ends the server as a power failure would. */
  crash(): Promise<void>
  /** Restarts the server on the same port and data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts a private PostgreSQL server on a free loopback port with a temporary folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const [initdb, postgres] = ['initdb', 'postgres'].map(findBinary)
  if (!initdb || !postgres) throw new Error('postgresql is not installed')
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'gateway-postgres-'))
  chmodSync(folder, 0o755)
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  execFileSync(
    initdb,
    ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { stdio: 'ignore', cwd: folder, ...user },
  )
  const port = await freePort()
  const toUrl = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=200',
  ]
  const launch = async () => {
    const child = start(postgres, args, { cwd: folder, ...user })
    await eventually(() => query(toUrl('postgres'), 'SELECT 1'))
    return child
  }
  let child = await launch()
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of [child.pid ?? 0, ...listChildren(child.pid ?? 0)]) process.kill(pid, signal)
  }
  return {
    async createDatabase() {
      const name = `gateway_${randomBytes(6).toString('hex')}`
      await query(toUrl('postgres'), `CREATE DATABASE ${name}`)
      return toUrl(name)
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    async crash() {
      signalAll('SIGCONT')
      // Immediate shutdown: no checkpoint, closed connections, and recovery at the next start.
      await end(child, 'SIGQUIT')
    },
    restart: async () => void (child = await launch()),
    async stop() {
      await end(child, 'SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs one statement on a separate connection. */
export async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

function listChildren(parent: number): number[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return processes.filter((pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === parent
    } catch {
      return false
    }
  })
}
