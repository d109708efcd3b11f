import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { format } from 'prettier'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { residentBytes } from '../test/support/servers/processes.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { report } from './figures.ts'
import { drawGrowth } from './growth-chart.ts'
import { measureKeys } from './growth-keys.ts'
import { describeGrowth, type Growth, type InstallationGrowth, type Stage } from './growth-report.ts'
import { createMeasuredAccount, leaveKeys, measureOperations } from './growth-requests.ts'
import { growTables } from './growth-seed.ts'
import { launchNode } from './servers.ts'

// What requests cost while users, sessions and posts grow in both databases, and what their rows and keys
// weigh. Rows are inserted directly while no gateway runs; everything measured is a request to a built
// gateway that has just started. `--sizes 1000,5000`: other sizes; `--posts 100000`: at most so many posts;
// `--draw`: the tables and the picture of the last written figures again.

interface Installation {
  readonly name: string
  readonly url: string
  readonly settings: Record<string, string>
}

const root = resolve(import.meta.dirname, '..')
const figures = join(root, 'bench/growth.json')
const picture = join(root, 'docs/images/growth.svg')
const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    posts: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
    draw: { type: 'boolean', default: false },
  },
})
const sizes = options.sizes.split(',').map(Number)
if (sizes.some((size, index) => !(size > (sizes[index - 1] ?? 0))))
  throw new Error('--sizes: ascending numbers')
const newest = Date.now()

async function main(): Promise<void> {
  const growth = options.draw ? (JSON.parse(readFileSync(figures, 'utf8')) as Growth) : await measureAll()
  await report('growth', describeGrowth(growth))
  if (!options.write) return
  writeFileSync(figures, await format(JSON.stringify(growth), { parser: 'json', printWidth: 110 }))
  writeFileSync(picture, drawGrowth(growth.installations))
}

async function measureAll(): Promise<Growth> {
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  const folder = mkdtempSync(join(tmpdir(), 'gateway-growth-'))
  try {
    const url = await postgres.createDatabase()
    const [embedded, grown] = [join(folder, 'embedded'), join(folder, 'grown')]
    const installations = [
      { name: 'SQLite alone', url: `file:${embedded}/gateway.db`, settings: { DATA_DIR: embedded } },
      {
        name: 'PostgreSQL and Redis',
        url,
        settings: { DATA_DIR: grown, DATABASE_URL: url, REDIS_URL: redis.url },
      },
    ]
    const measured: InstallationGrowth[] = []
    for (const installation of installations) measured.push(await measureInstallation(installation))
    return {
      node: process.versions.node,
      cores: cpus().length,
      installations: measured,
      keys: await measureKeys(redis.url),
    }
  } finally {
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Grows one installation from size to size. */
async function measureInstallation({ name, url, settings }: Installation): Promise<InstallationGrowth> {
  await runGateway(settings, createMeasuredAccount)
  const stages: Stage[] = []
  for (const [index, size] of sizes.entries()) {
    const before = sizes[index - 1] ?? 0
    const grown = await growTables(url, {
      counts: (table) => (table === 'posts' ? [countPosts(before), countPosts(size)] : [before, size]),
      newest,
      print: (progress) => console.log(`${name}, ${size}: ${progress}`),
    })
    const requests = await runGateway(settings, async (server) => {
      const timings = await measureOperations(server)
      const memory = residentBytes(server.pid)
      if (index === sizes.length - 1) await leaveKeys(server)
      return { timings, residentBytes: memory }
    })
    console.log(`${name}, ${size}: ${JSON.stringify(requests.timings)}`)
    stages.push({ size, posts: countPosts(size), ...requests, ...grown })
  }
  return { name, stages }
}

async function runGateway<Result>(
  settings: Record<string, string>,
  work: (server: Awaited<ReturnType<typeof launchNode>>) => Promise<Result>,
): Promise<Result> {
  const server = await launchNode(settings, null)
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

function countPosts(size: number): number {
  return Math.min(size, Number(options.posts))
}

await main()
