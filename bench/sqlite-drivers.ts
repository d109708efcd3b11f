import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { migrate } from '../src/adapters/database/migrations.ts'
import { openSqlite } from '../src/adapters/database/sqlite-client.ts'
import { systemRandom } from '../src/core/secrets.ts'
import { PrismaClient } from '../src/generated/sqlite/client.ts'
import { median, report, buildTable } from './figures.ts'

// Two SQLite drivers with the same Prisma client: the size of their installation, and the time of an
// operation.

const ROUNDS = 7
const OPERATIONS = 1500
const folder = mkdtempSync(join(tmpdir(), 'gateway-sqlite-'))
const { dependencies } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8'),
) as {
  dependencies: Record<string, string>
}

interface Installed {
  readonly seconds: number
  readonly megabytes: number
}

/** Installs packages into a separate folder, including their install scripts. */
function install(name: string, packages: readonly string[]): Installed {
  const prefix = join(folder, name)
  const since = performance.now()
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts=false', '--legacy-peer-deps']
  execFileSync('npm', ['install', '--prefix', prefix, ...quiet, ...packages], { stdio: 'ignore' })
  const seconds = (performance.now() - since) / 1000
  const [kilobytes] = execFileSync('du', ['-sk', prefix]).toString().split('\t')
  return { seconds, megabytes: Number(kilobytes) / 1024 }
}

async function createFile(name: string): Promise<string> {
  const url = `file:${join(folder, name)}.db`
  await migrate({ url, now: Date.now })
  return url
}

async function openLibsql(): Promise<PrismaClient> {
  return (await openSqlite(await createFile('libsql'), systemRandom)).prisma
}

async function openBetterSqlite(): Promise<PrismaClient> {
  const url = await createFile('better')
  const entry = createRequire(join(folder, 'better-sqlite3/x.js')).resolve('@prisma/adapter-better-sqlite3')
  const { PrismaBetterSqlite3 } = (await import(pathToFileURL(entry).href)) as {
    PrismaBetterSqlite3: new (options: { url: string }) => SqlDriverAdapterFactory
  }
  const prisma = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url }) })
  await prisma.$queryRaw`PRAGMA journal_mode = WAL`
  await prisma.$queryRaw`PRAGMA synchronous = FULL`
  return prisma
}

const OPERATIONS_BY_NAME: Readonly<
  Record<string, (prisma: PrismaClient, index: number) => Promise<unknown>>
> = {
  'read one row by key (`findUnique`)': (prisma, index) =>
    prisma.stateEntry.findUnique({ where: { key: `key-${index % 100}` } }),
  'read one row by key (`$queryRaw`)': (prisma, index) =>
    prisma.$queryRaw`SELECT key, value FROM state_entries WHERE key = ${`key-${index % 100}`}`,
  'write one row, synced (`upsert`)': (prisma, index) => {
    const key = `key-${index % 100}`
    return prisma.stateEntry.upsert({
      where: { key },
      create: { key, value: 'value', expiresAt: 1n },
      update: { value: `value ${index}` },
    })
  },
}

/** Time of one operation in microseconds. */
async function measure(
  prisma: PrismaClient,
  operation: (typeof OPERATIONS_BY_NAME)[string],
): Promise<number> {
  const since = performance.now()
  for (let index = 0; index < OPERATIONS; index += 1) await operation(prisma, index)
  return ((performance.now() - since) * 1000) / OPERATIONS
}

try {
  const version = dependencies['@prisma/adapter-libsql'] ?? 'latest'
  const installed = {
    libsql: install('libsql', [
      `libsql@${dependencies['libsql'] ?? 'latest'}`,
      `@prisma/adapter-libsql@${version}`,
    ]),
    better: install('better-sqlite3', [`@prisma/adapter-better-sqlite3@${version}`]),
  }
  const clients = { libsql: await openLibsql(), better: await openBetterSqlite() }
  const rows = [
    ['install, seconds', installed.libsql.seconds.toFixed(1), installed.better.seconds.toFixed(1)],
    ['installed, MB', installed.libsql.megabytes.toFixed(0), installed.better.megabytes.toFixed(0)],
    ['runs an install script', 'no', 'yes'],
  ]
  for (const [name, operation] of Object.entries(OPERATIONS_BY_NAME)) {
    const times: Record<keyof typeof clients, number[]> = { libsql: [], better: [] }
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const driver of ['libsql', 'better'] as const) {
        const took = await measure(clients[driver], operation)
        // The first round is a warm-up.
        if (round > 0) times[driver].push(took)
      }
    }
    rows.push([`${name}, µs`, median(times.libsql).toFixed(0), median(times.better).toFixed(0)])
  }
  await Promise.all(Object.values(clients).map((prisma) => prisma.$disconnect()))
  await report(
    'sqlite',
    `${buildTable(['what', 'libsql', 'better-sqlite3'], rows)}\n\nNode ${process.versions.node}, median of ${ROUNDS} rounds of ${OPERATIONS} operations.`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
