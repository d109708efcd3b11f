import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { RedisConnection } from '../../../src/config/groups/redis-connection.ts'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start } from './processes.ts'
import { startRedis, type RedisServer } from './redis.ts'

/** A primary, its replicas and the Sentinels that watch them. */
export interface SentinelGroup {
  /** Name of the group. */
  readonly name: string
  /** `host:port` of the Sentinels, as `REDIS_SENTINELS` takes them. */
  readonly sentinels: string
  readonly connection: RedisConnection
  /** The first is the primary at the start. */
  readonly servers: readonly RedisServer[]
  /** The server that the Sentinels name as the primary. */
  findPrimary(): Promise<RedisServer>
  /** Makes the Sentinels replace the primary, which keeps running. */
  replacePrimary(): Promise<void>
  stop(): Promise<void>
}

const NAME = 'gateway'
const SENTINELS = 3

/** Options of a group. `password`: of the servers; `sentinelPassword`: of the Sentinels. */
export interface SentinelOptions {
  readonly replicas?: number
  readonly password?: string
  readonly sentinelPassword?: string
}

/** Starts a primary, replicas and three Sentinels, which elect a new primary a second after its end. */
export async function startSentinelGroup(options: SentinelOptions = {}): Promise<SentinelGroup> {
  const { replicas = 1, password = '', sentinelPassword = '' } = options
  const credentials = password ? ['--requirepass', password, '--masterauth', password] : []
  const primary = await startRedis([...credentials, '--repl-diskless-sync-delay', '0'])
  const servers = [primary]
  for (let replica = 0; replica < replicas; replica += 1)
    servers.push(
      await startRedis([
        ...credentials,
        '--repl-diskless-sync-delay',
        '0',
        '--replicaof',
        '127.0.0.1',
        `${primary.port}`,
      ]),
    )
  const folder = mkdtempSync(join(tmpdir(), 'gateway-sentinel-'))
  const ports = await Promise.all(Array.from({ length: SENTINELS }, freePort))
  const children = ports.map((port) => {
    const file = join(folder, `${port}.conf`)
    writeFileSync(file, buildConfig(port, primary.port, { password, sentinelPassword }))
    return start(findBinary('redis-server') ?? '', [file, '--sentinel'])
  })
  const ask = async <T>(work: (sentinel: Redis) => Promise<T>): Promise<T> => {
    const sentinel = new Redis(ports[0] ?? 0, {
      ...(sentinelPassword && { password: sentinelPassword }),
      protocol: 2,
    })
    return work(sentinel.on('error', () => undefined)).finally(() => sentinel.disconnect())
  }
  await eventually(() => ask((sentinel) => knowsAll(sentinel, replicas)))
  const addresses = ports.map((port) => ({ host: '127.0.0.1', port }))
  return {
    name: NAME,
    sentinels: ports.map((port) => `127.0.0.1:${port}`).join(),
    connection: {
      servers: {
        ...{ shape: 'sentinel', sentinels: addresses, name: NAME, sentinelTls: null },
        sentinelCredentials: { username: null, password: sentinelPassword || null },
      },
      ...{ username: null, password: password || null, database: 0, tls: null, prefix: 'gw' },
    },
    servers,
    findPrimary: () =>
      ask(async (sentinel) => {
        const [, port] = (await sentinel.call('SENTINEL', ['GET-MASTER-ADDR-BY-NAME', NAME])) as string[]
        const found = servers.find((server) => String(server.port) === port)
        if (!found) throw new Error(`no server at port ${port}`)
        return found
      }),
    async replacePrimary() {
      await ask((sentinel) => sentinel.call('SENTINEL', ['FAILOVER', NAME]))
    },
    async stop() {
      for (const child of children) await end(child, 'SIGKILL')
      for (const server of servers) await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whether a Sentinel knows the replicas and the other Sentinels: before that, it elects none of them. */
async function knowsAll(sentinel: Redis, replicas: number): Promise<boolean> {
  const info = await sentinel.info('sentinel')
  return info.includes(`status=ok`) && info.includes(`slaves=${replicas},sentinels=${SENTINELS}`)
}

function buildConfig(
  port: number,
  primary: number,
  { password, sentinelPassword }: { readonly password: string; readonly sentinelPassword: string },
): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${NAME} 127.0.0.1 ${primary} 2`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 3000`,
    password && `sentinel auth-pass ${NAME} ${password}`,
    sentinelPassword && `requirepass ${sentinelPassword}`,
    sentinelPassword && `sentinel sentinel-pass ${sentinelPassword}`,
  ]
  return `${lines.filter(Boolean).join('\n')}\n`
}
