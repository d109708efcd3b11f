import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinary } from './find-binary.ts'
import { query } from './postgres.ts'
import { end, eventually, freePort, start, unprivilegedUser } from './processes.ts'

/** A private PgBouncer in front of a PostgreSQL server. */
export interface PgBouncer {
  /** The URL of a database of the server, through the pooler. */
  through(url: string): string
  /** Forwards new connections to another server. */
  pointTo(url: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a PgBouncer that pools transactions for any database of the server of the URL. Every setting but the
 * mode, the addresses and the users has its default, or the value in `extra`.
 */
export async function startPgBouncer(url: string, extra: readonly string[] = []): Promise<PgBouncer> {
  const binary = findBinary('pgbouncer')
  if (binary === null) throw new Error('pgbouncer is not installed')
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'gateway-pgbouncer-'))
  chmodSync(folder, 0o755)
  if (user) chownSync(folder, user.uid, user.gid)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const configure = (upstream: string) => {
    const { hostname, port: upstreamPort } = new URL(upstream)
    writeFileSync(
      file,
      [
        ...[
          '[databases]',
          `* = host=${hostname} port=${upstreamPort}`,
          '[pgbouncer]',
          'pool_mode = transaction',
        ],
        ...[`listen_addr = 127.0.0.1`, `listen_port = ${port}`, `unix_socket_dir = ${folder}`],
        ...[
          'auth_type = trust',
          `auth_file = ${join(folder, 'users.txt')}`,
          'admin_users = postgres',
          ...extra,
        ],
      ].join('\n'),
    )
  }
  writeFileSync(join(folder, 'users.txt'), '"postgres" ""\n')
  configure(url)
  const child = start(binary, [file], { cwd: folder, ...user })
  const through = (target: string) => target.replace(/(127\.0\.0\.1):\d+/, `$1:${port}`)
  await eventually(() => query(through(url), 'SELECT 1'))
  return {
    through,
    async pointTo(upstream) {
      configure(upstream)
      await query(through(url).replace(/[^/]+$/, 'pgbouncer'), 'RELOAD')
    },
    async stop() {
      await end(child, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
