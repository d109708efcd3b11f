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
import { IN_MEMORY, launchGateway, launchNode, launchPeer, USERS, type Server } from './servers.ts'
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

/** The gateway by default, and with level 2 and session records in memory. */
const [OWN, OWN_IN_MEMORY] = ['this gateway: `me`', 'this gateway, level 2, records in memory: `me`'] as const

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

async function print(
  targets: readonly Target[],
  servers: readonly Server[],
  notes: readonly string[],
): Promise<void> {
  const rows = targets.map(({ name, server, callers }) => ({
    name,
    measure: (seconds: number) => runCallers(server, callers, seconds),
  }))
  const medians = await measureInTurns(rows, { rounds: ROUNDS, seconds: SECONDS, servers })
  const divide = (own: string, name: string) =>
    (medians(own, 'perSecond') / medians(name, 'perSecond')).toFixed(2)
  const lines = rows.map(({ name }) => [
    name,
    ...[divide(OWN, name), divide(OWN_IN_MEMORY, name)],
    medians(name, 'perSecond').toFixed(0),
    medians(name, 'cpu').toFixed(0),
    medians(name, 'p99').toFixed(1),
  ])
  const head = ['what', '`me` ÷ this', '`me`, in memory ÷ this', 'per second', 'CPU µs', 'p99 ms']
  const method = `Node ${process.versions.node}; each server on one core, ${USERS} callers, PostgreSQL and Redis on another; medians of ${ROUNDS} rounds of ${SECONDS} s in turns.`
  await report('peers', [buildTable(head, lines), method, ...notes].join('\n\n'))
}

pinClient()
const [redis, postgres] = [await startRedis(), await startPostgres()]
const servers: Server[] = []
try {
  const [own, peers] = [await postgres.createDatabase(), await postgres.createDatabase()]
  const settings = { DATABASE_URL: own, REDIS_URL: `${redis.url}/1`, DATA_DIR: join(folder, 'own') }
  const gateway = await launchGateway(settings, SERVER_CORE)
  servers.push(gateway)
  const inMemory = await launchNode({ ...settings, ...IN_MEMORY }, SERVER_CORE)
  servers.push(inMemory)
  const targets: Target[] = [
    { name: OWN, server: gateway, callers: repeatQuery(ME, gateway.tokens) },
    { name: OWN_IN_MEMORY, server: inMemory, callers: repeatQuery(ME, gateway.tokens) },
  ]
  await fillStores(`${redis.url}/2`, peers)
  const environment = { PEER_REDIS: `${redis.url}/2`, PEER_DATABASE: peers, PEER_SECRET: SECRET }
  const notes: string[] = []
  for (const peer of PEERS)
    try {
      const { versions, ...target } = await launch(peer, environment)
      servers.push(target.server)
      targets.push(target)
      notes.push(`${peer.name}: ${versions}.`)
    } catch (error) {
      notes.push(`Not measured: ${peer.name} (${String(error).split('\n')[0] ?? ''}).`)
    }
  await print(targets, servers, notes)
} finally {
  for (const server of servers) await server.stop()
  await redis.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
