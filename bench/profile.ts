import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from '../test/support/servers/processes.ts'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { runCallers, type Caller } from './callers.ts'
import { connectInspector, type Inspector } from './cpu-profile.ts'
import { buildTable, report } from './figures.ts'
import { pinClient, SERVER_CORE } from './process-figures.ts'
import { ME, POSTS } from './requests.ts'
import { launchGateway, USERS, type Gateway } from './servers.ts'
import { chainRefreshes, refreshTokens, repeatQuery, signInUsers, useTokensOnce } from './workloads.ts'

// Where the CPU time of a request goes: a profile of the main thread by room and library, per request. The
// profiler makes each request dearer, so the time of a request without it stands beside.

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5)
const page = resolve(import.meta.dirname, '../docs/performance.md')
const folder = mkdtempSync(join(tmpdir(), 'gateway-profile-'))

/** Microseconds per request of one kind of request, by room. */
interface Column {
  readonly name: string
  readonly rooms: ReadonlyMap<string, number>
  /** CPU time of the process per request without the profiler, with all threads. */
  readonly unprofiled: number
}

/** The callers of each kind of request, which are built anew for each measurement. */
async function buildKinds(server: Gateway): Promise<Readonly<Record<string, () => Promise<Caller[]>>>> {
  const repeat = (query: string) => async () => repeatQuery(query, server.tokens)
  return {
    me: repeat(ME),
    'first `me`': async () => useTokensOnce(await refreshTokens(server, await signInUsers(server), 20)),
    posts: repeat(POSTS),
    refresh: async () => chainRefreshes(await signInUsers(server)),
  }
}

async function profileKinds(server: Gateway, inspector: Inspector): Promise<Column[]> {
  const columns: Column[] = []
  for (const [name, build] of Object.entries(await buildKinds(server))) {
    await runCallers(server, await build(), SECONDS)
    const { cpu } = await runCallers(server, await build(), SECONDS)
    const callers = await build()
    let count = 0
    const micros = await inspector.profile(async () => {
      count = (await runCallers(server, callers, SECONDS)).count
    })
    const rooms = new Map([...micros].map(([room, sum]) => [room, sum / count]))
    columns.push({ name, rooms, unprofiled: cpu })
  }
  return columns
}

function buildProfileTable(columns: readonly Column[]): string {
  const names = [...new Set(columns.flatMap(({ rooms }) => [...rooms.keys()]))]
  const total = (room: string) => columns.reduce((sum, { rooms }) => sum + (rooms.get(room) ?? 0), 0)
  const sorted = names.filter((room) => total(room) >= columns.length).sort((a, b) => total(b) - total(a))
  const rows = sorted.map((room) => [room, ...columns.map(({ rooms }) => (rooms.get(room) ?? 0).toFixed(0))])
  const sums = columns.map(({ rooms }) =>
    [...rooms.values()].reduce((sum, micros) => sum + micros, 0).toFixed(0),
  )
  return buildTable(
    ['µs per request', ...columns.map(({ name }) => name)],
    [
      ...rows,
      ['all of them', ...sums],
      ['without the profiler', ...columns.map(({ unprofiled }) => unprofiled.toFixed(0))],
    ],
  )
}

pinClient()
const [redis, postgres] = [await startRedis(), await startPostgres()]
const parts: string[] = []
try {
  const stores = {
    'SQLite alone': {},
    'PostgreSQL and Redis': { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url },
  }
  for (const [name, settings] of Object.entries(stores)) {
    const port = await freePort()
    const server = await launchGateway({ ...settings, DATA_DIR: join(folder, name) }, SERVER_CORE, [
      `--inspect=127.0.0.1:${port}`,
    ])
    const inspector = await connectInspector(port)
    const table = buildProfileTable(await profileKinds(server, inspector))
    inspector.close()
    await server.stop()
    parts.push(`${name}:\n\n${table}`)
    console.log(`\n${parts.at(-1)}`)
  }
  const method = `Node ${process.versions.node}; the server on one core, ${USERS} callers and the stores on another; ${SECONDS} s of each kind.`
  await report('profile', [...parts, method].join('\n\n'), page)
} finally {
  await redis.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
