import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { parseRedisUrl, type RedisConnection } from '../../../src/config/groups/redis-connection.ts'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start } from './processes.ts'

/** A private Redis server. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Stops the process without closing connections. */
  pause(): void
  resume(): void
  /** Kills the server; its data is lost. */
  crash(): Promise<void>
  /** Restarts an empty server on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** The connection that `REDIS_URL` sets, with the default prefix. */
export function connectionTo(url: string): RedisConnection {
  return { ...parseRedisUrl(url), tls: null, prefix: 'gw' }
}

/** Runs commands on a server, on a connection of their own. */
export async function runOn<T>(
  { port }: Pick<RedisServer, 'port'>,
  work: (client: Redis) => Promise<T>,
): Promise<T> {
  const client = new Redis(port)
  return work(client.on('error', () => undefined)).finally(() => client.disconnect())
}

/** Number of times the server has run a command. */
export async function countCalls(redis: Pick<Redis, 'info'>, command: string): Promise<number> {
  const stats = await redis.info('commandstats')
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
}

/** Starts a private Redis server on a free loopback port without persistence. */
export async function startRedis(extra: readonly string[] = []): Promise<RedisServer> {
  const binary = findBinary('redis-server')
  if (binary === null) throw new Error('redis-server is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'gateway-redis-'))
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
    '--databases',
    '256',
    ...extra,
  ]
  const launch = async () => {
    const child = start(binary, args)
    await eventually(() => isResponding(port))
    return child
  }
  let child = await launch()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    crash: () => end(child, 'SIGKILL'),
    restart: async () => void (child = await launch()),
    async stop() {
      await end(child, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whether the server responds, possibly with an error. */
async function isResponding(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write('PING\r\n')
    await once(socket, 'data')
    return true
  } finally {
    socket.destroy()
  }
}
