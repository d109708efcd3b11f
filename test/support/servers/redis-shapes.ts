import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { RedisConnection } from '../../../src/config/groups/redis-connection.ts'
import { createCertificate } from '../certificates.ts'
import { startRedisCluster } from './redis-cluster.ts'
import { freePort } from './processes.ts'
import { startRedis } from './redis.ts'
import { startSentinelGroup } from './redis-sentinel.ts'

/** A running installation of Redis. */
export interface RedisInstallation {
  readonly connection: RedisConnection
  /** The settings that lead to it, without the prefix. */
  readonly settings: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** A shape of installations. */
export interface RedisShape {
  readonly name: string
  /** Name among the resources that suites share. */
  readonly resource: `redis-${'secured' | 'socket' | 'sentinel' | 'cluster'}`
  readonly start: () => Promise<RedisInstallation>
}

/** Every shape beside the plain server. */
export const REDIS_SHAPES: readonly RedisShape[] = [
  { name: 'with ACL and TLS', resource: 'redis-secured', start: startSecured },
  { name: 'at a Unix socket', resource: 'redis-socket', start: startAtSocket },
  { name: 'behind Sentinels', resource: 'redis-sentinel', start: startBehindSentinels },
  { name: 'in a cluster of three nodes', resource: 'redis-cluster', start: startCluster },
]

/** The commands that the gateway needs, as `docs/state-stores.md` lists them. */
export const ACL_RULES =
  '+ping +mget +get +set +getdel +del +incr +pttl +pexpire +eval +evalsha +wait +publish +subscribe +unsubscribe +info +client|id +client|tracking +client|setname +select'

const PASSWORD = 'p@:/#%s word'

/** TLS with a private authority, and a user with the documented commands and keys only. */
export async function startSecured(): Promise<RedisInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'))
  const { certFile, keyFile, cert, key } = createCertificate(folder, 'redis')
  const tlsPort = await freePort()
  const tls = [
    '--tls-port',
    `${tlsPort}`,
    '--tls-cert-file',
    certFile,
    '--tls-key-file',
    keyFile,
    '--tls-ca-cert-file',
    certFile,
  ]
  const redis = await startRedis(tls)
  const admin = new Redis(redis.url)
  await admin.call('ACL', [
    'SETUSER',
    'gateway',
    'on',
    `>${PASSWORD}`,
    '~secured*',
    '~contract*',
    '&secured*',
    '&__redis__:invalidate',
    ...ACL_RULES.split(' '),
  ])
  await admin.call('ACL', ['SETUSER', 'default', 'off'])
  admin.disconnect()
  return {
    connection: {
      servers: { shape: 'single', host: '127.0.0.1', port: tlsPort },
      ...{ username: 'gateway', password: PASSWORD, database: 0, prefix: 'secured' },
      tls: { ca: cert, cert, key },
    },
    settings: {
      ...{ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(tlsPort), REDIS_TLS: 'on', REDIS_PREFIX: 'secured' },
      ...{ REDIS_USERNAME: 'gateway', REDIS_PASSWORD: PASSWORD },
      ...{ REDIS_CA: cert, REDIS_CERT: cert, REDIS_KEY: key },
    },
    async stop() {
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startAtSocket(): Promise<RedisInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-socket-'))
  const path = join(folder, 'redis.sock')
  const redis = await startRedis(['--unixsocket', path])
  return {
    connection: {
      servers: { shape: 'socket', path },
      ...{ username: null, password: null, database: 3, tls: null, prefix: 'gw' },
    },
    settings: { REDIS_URL: `unix://${path}?db=3` },
    async stop() {
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startBehindSentinels(): Promise<RedisInstallation> {
  const group = await startSentinelGroup({ password: 'server', sentinelPassword: 'sentinel' })
  return {
    connection: group.connection,
    settings: {
      ...{ REDIS_SENTINELS: group.sentinels, REDIS_SENTINEL_NAME: group.name },
      ...{ REDIS_PASSWORD: 'server', REDIS_SENTINEL_PASSWORD: 'sentinel' },
    },
    stop: () => group.stop(),
  }
}

async function startCluster(): Promise<RedisInstallation> {
  const cluster = await startRedisCluster()
  return {
    connection: cluster.connection,
    settings: { REDIS_CLUSTER: cluster.seeds },
    stop: () => cluster.stop(),
  }
}
