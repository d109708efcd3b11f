import { runCallers, type Figures } from './callers.ts'
import { readCpuMicros, SERVER_CORE } from './process-figures.ts'
import { buildRequest, ME, POSTS, REFRESH } from './requests.ts'
import { launchBare, launchBareFastify, launchBareSignature, USERS, type Server } from './servers.ts'
import type { Row } from './turns.ts'
import { repeatRequests } from './workloads.ts'

/** Name of the baseline. */
export const BARE = 'bare Apollo on Fastify: `{ hello }`'
/** Bytes of a short and of a long response. */
const [SHORT, LONG] = [90, 5000] as const
/** Operations of `bare-signature.ts`. */
const SIGNATURES = ['verify by jose', 'verify by node:crypto', 'sign by jose', 'sign by node:crypto'] as const
const HELLO = buildRequest('{ hello }', null)

/** What the servers need, and who stops them. */
export interface FloorOptions {
  readonly redisUrl: string
  /** A PostgreSQL database of their own. */
  readonly databaseUrl: string
  /** The row that the bare refresh is divided by: one conditional UPDATE on PostgreSQL. */
  readonly updateName: string
  readonly track: <S extends Server>(launched: Promise<S>) => Promise<S>
}

/** The baseline, and what parts of a request cost at least: servers without the rest of the gateway. */
export async function buildFloorRows(options: FloorOptions): Promise<[Row, ...Row[]]> {
  return [
    ...(await buildApolloRows(options)),
    ...(await buildFastifyRows(options)),
    ...(await buildSignatureRows(options)),
  ]
}

async function buildApolloRows({ databaseUrl, updateName, track }: FloorOptions): Promise<[Row, ...Row[]]> {
  const server = await track(launchBare(SERVER_CORE, databaseUrl))
  const measure = (toRequest: (caller: number) => Buffer) => (seconds: number) =>
    runCallers(server, repeatRequests(buildForAll(toRequest)), seconds)
  return [
    { name: BARE, base: BARE, measure: measure(() => HELLO) },
    {
      name: `bare Apollo on Fastify: \`${ME}\`, a constant`,
      base: BARE,
      measure: measure(() => buildRequest(ME, null)),
    },
    {
      name: 'bare Apollo on Fastify: `posts(first: 20)`, constants',
      base: BARE,
      measure: measure(() => buildRequest(POSTS, null)),
    },
    {
      name: 'bare Apollo on Fastify: `refresh`, one UPDATE on PostgreSQL, signed by jose',
      base: updateName,
      measure: measure((caller) => buildRequest(REFRESH, null, { token: `${caller}` })),
    },
  ]
}

async function buildFastifyRows({ redisUrl, track }: FloorOptions): Promise<Row[]> {
  const variants = {
    'a constant': launchBareFastify(SERVER_CORE, SHORT),
    'one `MGET`, a constant': launchBareFastify(SERVER_CORE, SHORT, redisUrl),
    'one `MGET`, a constant of 5,000 bytes': launchBareFastify(SERVER_CORE, LONG, redisUrl),
  }
  const rows: Row[] = []
  for (const [variant, launched] of Object.entries(variants)) {
    const server = await track(launched)
    const callers = repeatRequests(buildForAll(() => HELLO))
    const measure = (seconds: number) => runCallers(server, callers, seconds)
    rows.push({ name: `bare Fastify: ${variant}`, base: BARE, measure })
  }
  return rows
}

async function buildSignatureRows({ track }: FloorOptions): Promise<Row[]> {
  const rows: Row[] = []
  for (const operation of SIGNATURES) {
    const server = await track(launchBareSignature(SERVER_CORE, operation))
    const measure = (seconds: number) => measureLoop(server, seconds)
    rows.push({ name: `one ES256 signature: ${operation}`, base: BARE, measure })
  }
  return rows
}

/** A request of each caller. */
function buildForAll(toRequest: (caller: number) => Buffer): Buffer[] {
  return Array.from({ length: USERS }, (_, caller) => toRequest(caller))
}

/** Figures of a server of `bare-loop.ts`. */
export async function measureLoop({ address, pid }: Server, seconds: number): Promise<Figures> {
  const computed = readCpuMicros(pid)
  const response = await fetch(`${address}/?ms=${seconds * 1000}`, { method: 'POST' })
  const count = Number(await response.text())
  const [perSecond, cpu] = [count / seconds, (readCpuMicros(pid) - computed) / count]
  return { count, perSecond, cpu, p50: 0, p99: 0 }
}
