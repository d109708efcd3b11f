import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { runCallers, type Caller } from './callers.ts'
import { buildTable, report } from './figures.ts'
import { pinClient, SERVER_CORE } from './process-figures.ts'
import { ME } from './requests.ts'
import {
  IN_MEMORY,
  launchGateway,
  launchNode,
  launchPeer,
  NO_RESPONSES,
  USERS,
  type Server,
} from './servers.ts'
import { measureInTurns } from './turns.ts'
import { repeatQuery, repeatRequests } from './workloads.ts'

// Other servers that answer who the caller is, beside `me`, in turns in one run. They are installed into a
// temporary folder; one that cannot be installed or started is named, and the others are measured.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const INSTALL_TIMEOUT_MS = 150_000
const SECRET = 'a secret of the peers, which is 32 bytes or more'
const folder = mkdtempSync(join(tmpdir(), 'gateway-peers-'))

interface Peer {
  readonly name: string
  readonly script: string
  readonly packages: readonly string[]
}

const PEERS: readonly Peer[] = [
  {
    name: '@fastify/jwt, REST: token, MGET, row',
    script: 'fastify-jwt.mjs',
    packages: ['fastify@5.12.8', '@fastify/jwt@10.2.8', 'ioredis@6.0.0', 'pg@8.23.1'],
  },
  {
    name: 'mercurius and graphql-jit: token, MGET, row',
    script: 'mercurius.mjs',
    packages: [
      'fastify@5.12.8',
      '@fastify/jwt@10.2.8',
      'mercurius@16.10.1',
      'graphql@16.15.0',
      'graphql-jit@0.8.9',
      'ioredis@6.0.0',
      'pg@8.23.1',
    ],
  },
  {
    name: 'express, passport-jwt, connect-redis: token, MGET, row',
    script: 'express-passport.mjs',
    packages: [
      ...['express@4', 'express-session@1', 'connect-redis@9', 'redis@5', 'passport@0.7'],
      ...['passport-jwt@4', 'ioredis@6.0.0', 'pg@8.23.1'],
    ],
  },
  {
    name: 'better-auth `get-session`: Redis',
    script: 'better-auth.mjs',
    packages: ['better-auth@1.7.25', 'ioredis@6.0.0', 'pg@8.23.1'],
  },
]

/** Settings of the gateways on PostgreSQL and Redis by name. */
const SHARED = {
  'no response cache': NO_RESPONSES,
  default: {},
  'level 2, records in memory': IN_MEMORY,
} as const
/** The same on SQLite alone. */
const EMBEDDED = { 'no response cache': NO_RESPONSES, default: {} } as const

interface Target {
  readonly name: string
  readonly server: Server
  readonly callers: readonly Caller[]
}

/** Installs and starts a peer. `versions`: of its packages, as installed. */
async function launch(
  peer: Peer,
  environment: Record<string, string>,
): Promise<Target & { versions: string }> {
  const home = join(folder, peer.script)
  cpSync(join(import.meta.dirname, 'peers'), home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{"private":true}')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--legacy-peer-deps']
  const options = { cwd: home, timeout: INSTALL_TIMEOUT_MS }
  await promisify(execFile)('npm', ['install', ...quiet, ...peer.packages], options)
  const server = await launchPeer(join(home, peer.script), SERVER_CORE, environment)
  const isCookie = peer.script === 'better-auth.mjs'
  const callers = isCookie ? await signUpBetterAuth(server) : repeatQuery(ME, PEER_TOKENS)
  return { name: peer.name, server, callers, versions: readVersions(home, peer.packages) }
}

function readVersions(home: string, packages: readonly string[]): string {
  const names = packages.map((name) => name.slice(0, name.lastIndexOf('@')))
  return names
    .map((name) => [name, join(home, 'node_modules', name, 'package.json')] as const)
    .filter(([, file]) => existsSync(file))
    .map(
      ([name, file]) => `${name} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`,
    )
    .join(', ')
}

/** HS256 tokens of 48 users, whose sessions and rows `fillStores` writes. */
const PEER_TOKENS = Array.from({ length: USERS }, (_, user) => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = { sub: `user${user}`, sid: `sid${user}`, jti: `jti${user}`, iat: now, exp: now + 3600 }
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
})

async function fillStores(redisUrl: string, databaseUrl: string): Promise<void> {
  const [redis, pool] = [new Redis(redisUrl), new pg.Pool({ connectionString: databaseUrl })]
  await pool.query('CREATE TABLE peer_users (id TEXT PRIMARY KEY, email TEXT NOT NULL)')
  for (let user = 0; user < USERS; user += 1) {
    await pool.query('INSERT INTO peer_users VALUES ($1, $2)', [`user${user}`, `person${user}@example.com`])
    await redis.set(`session:{sid${user}}`, '{}')
  }
  await pool.end()
  redis.disconnect()
}

async function signUpBetterAuth({ address }: Server): Promise<Caller[]> {
  const cookies: string[] = []
  for (let user = 0; user < USERS; user += 1) {
    const response = await fetch(`${address}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
      body: JSON.stringify({ email: `p${user}@example.com`, password: 'a quiet harbour at dawn', name: 'P' }),
    })
    const [cookie = ''] = response.headers.getSetCookie()
    cookies.push(cookie.split(';')[0] ?? '')
    if (!response.ok) throw new Error(`better-auth: ${await response.text()}`)
  }
  const head = 'GET /api/auth/get-session HTTP/1.1\r\nHost: 127.0.0.1\r\n'
  return repeatRequests(cookies.map((cookie) => Buffer.from(`${head}Cookie: ${cookie}\r\n\r\n`)))
}

/** Starts gateways with the same stores. The first one creates the accounts and posts. */
async function launchOwn(
  stores: string,
  settings: Readonly<Record<string, string>>,
  variants: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<Target[]> {
  const targets: Target[] = []
  const gateway = await track(launchGateway(settings, SERVER_CORE))
  for (const [variant, caches] of Object.entries(variants)) {
    const own = { ...settings, ...caches }
    const server = variant === 'default' ? gateway : await track(launchNode(own, SERVER_CORE))
    targets.push({ name: `${stores}, ${variant}`, server, callers: repeatQuery(ME, gateway.tokens) })
  }
  return targets
}

async function track<S extends Server>(launched: Promise<S>): Promise<S> {
  const server = await launched
  servers.push(server)
  return server
}

/** Measures all, and prints their figures and the `me` of each gateway for one request of each peer. */
async function print(
  own: readonly Target[],
  peers: readonly Target[],
  notes: readonly string[],
): Promise<void> {
  const rows = [...own, ...peers].map(({ name, server, callers }) => ({
    name,
    measure: (seconds: number) => runCallers(server, callers, seconds),
  }))
  const medians = await measureInTurns(rows, { rounds: ROUNDS, seconds: SECONDS, servers })
  const perSecond = (name: string) => medians(name, 'perSecond')
  const ratios = peers.map((peer) => [
    peer.name,
    ...own.map(({ name }) => (perSecond(name) / perSecond(peer.name)).toFixed(1)),
  ])
  const figures = rows.map(({ name }) => [
    name,
    perSecond(name).toFixed(0),
    medians(name, 'cpu').toFixed(0),
    medians(name, 'p99').toFixed(1),
  ])
  const tables = [
    buildTable(['`me` of the gateway ÷ peer', ...own.map(({ name }) => name)], ratios),
    buildTable(['what', 'per second', 'CPU µs', 'p99 ms'], figures),
  ]
  const method = `Node ${process.versions.node}; each server on one core, ${USERS} callers, PostgreSQL and Redis on another; medians of ${ROUNDS} rounds of ${SECONDS} s in turns.`
  await report('peers', [...tables, method, ...notes].join('\n\n'))
}

pinClient()
const [redis, postgres] = [await startRedis(), await startPostgres()]
const servers: Server[] = []
try {
  const [database, peerDatabase] = [await postgres.createDatabase(), await postgres.createDatabase()]
  const shared = { DATABASE_URL: database, REDIS_URL: `${redis.url}/1`, DATA_DIR: join(folder, 'shared') }
  const own = [
    ...(await launchOwn('PostgreSQL and Redis', shared, SHARED)),
    ...(await launchOwn('SQLite alone', { DATA_DIR: join(folder, 'sqlite') }, EMBEDDED)),
  ]
  await fillStores(`${redis.url}/2`, peerDatabase)
  const environment = { PEER_REDIS: `${redis.url}/2`, PEER_DATABASE: peerDatabase, PEER_SECRET: SECRET }
  const peers: Target[] = []
  const notes: string[] = []
  for (const peer of PEERS)
    try {
      const { versions, ...target } = await launch(peer, environment)
      servers.push(target.server)
      peers.push(target)
      notes.push(`${peer.name}: ${versions}.`)
    } catch (error) {
      notes.push(`Not measured: ${peer.name} (${String(error).split('\n')[0] ?? ''}).`)
    }
  await print(own, peers, notes)
} finally {
  for (const server of servers) await server.stop()
  await redis.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
