import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start, unprivilegedUser } from './processes.ts'

/** A private PostgreSQL server. */
export interface PostgresServer {
  readonly port: number
  /** Folder that the user of the server owns: the data, and what a test puts there. */
  readonly folder: string
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /** Changes settings of the running server, without quotation marks in their values. */
  configure(settings: Readonly<Record<string, string>>): Promise<void>
  /** Replaces the rules of `pg_hba.conf`. */
  admit(...rules: readonly string[]): Promise<void>
  /** Stops every process of the server without closing a connection. */
  pause(): void
  resume(): void
  /** Ends the server as a power failure would. */
  crash(): Promise<void>
  /** Restarts the server on the same port and data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a private PostgreSQL server on a free loopback port with a temporary folder. `primary`: it is a
 * streaming replica of this server.
 */
export async function startPostgres(primary?: PostgresServer): Promise<PostgresServer> {
  const [initdb, postgres, basebackup] = ['initdb', 'postgres', 'pg_basebackup'].map(findBinary)
  if (!initdb || !postgres || !basebackup) throw new Error('postgresql is not installed')
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'gateway-postgres-'))
  chmodSync(folder, 0o755)
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const options = { stdio: 'ignore', cwd: folder, ...user } as const
  if (primary) {
    const source = `host=127.0.0.1 port=${primary.port} user=postgres application_name=replica`
    execFileSync(basebackup, ['-D', data, '-d', source, '-R', '-c', 'fast', '-N', '-X', 'stream'], options)
  } else {
    const locale = ['--no-sync', '-E', 'UTF8', '--locale=C']
    execFileSync(initdb, ['-D', data, '-A', 'trust', '-U', 'postgres', ...locale], options)
  }
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
    // In the folder: a server that is killed leaves its segments in /dev/shm.
    '-c',
    'dynamic_shared_memory_type=mmap',
  ]
  const launch = async () => {
    const child = start(postgres, args, { cwd: folder, ...user })
    await eventually(() => query(toUrl('postgres'), 'SELECT 1'))
    return child
  }
  let child = await launch()
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of [child.pid ?? 0, ...listChildren(child.pid ?? 0)]) {
      try {
        process.kill(pid, signal)
      } catch {
        // The process of a closed connection has ended meanwhile.
      }
    }
  }
  // Over the Unix socket: a test can change who is admitted over TCP.
  const socket = `${toUrl('postgres')}?host=${encodeURIComponent(folder)}`
  const reload = () => query(socket, 'SELECT pg_reload_conf()')
  return {
    port,
    folder,
    async configure(settings) {
      for (const [name, value] of Object.entries(settings))
        await query(socket, `ALTER SYSTEM SET ${name} = '${value}'`)
      await reload()
    },
    async admit(...rules) {
      writeFileSync(join(data, 'pg_hba.conf'), rules.join('\n'))
      await reload()
    },
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
