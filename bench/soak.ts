import { readdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { postTo, type PostedResponse } from '../test/support/servers/gateway-process.ts'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { residentBytes } from '../test/support/servers/processes.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { buildTable, median, report } from './figures.ts'
import { ME, POSTS, REFRESH } from './requests.ts'
import { buildHeaders, launchGateway, USERS, type Gateway } from './servers.ts'

// Constant mixed load on a node with PostgreSQL and Redis: memory, file descriptors and keys must not grow
// (SR-170). SOAK_MINUTES: default 30.

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 30)
const CALLERS = 6
/** Pause of a caller between two requests, in milliseconds. */
const PAUSE_MS = 40
/** Milliseconds between two samples. */
const SAMPLE_MS = 10_000
/** Growth from the first third of the second half to the last third that is taken for noise. */
const TOLERATED = { memory: 0.05, descriptors: 5, keys: 0.05 } as const

const SIGN_IN = `... on AuthPayload { accessToken refreshToken }`
const LOGIN = `mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { ${SIGN_IN} } }`
const REQUEST = `mutation ($email: String!) { requestOtp(input: { email: $email, purpose: LOGIN }) { challengeId otpCode } }`
const VERIFY = `mutation ($id: ID!, $code: String!) { verifyOtp(input: { challengeId: $id, code: $code, purpose: LOGIN }) { ${SIGN_IN} } }`
const CREATE = `mutation { createPost(input: { title: "A title", content: "Some **content**." }) { id } }`
const DELETE = `mutation ($id: ID!) { deletePost(id: $id) { messageKey } }`
const LOGOUT = `mutation { logout { messageKey } }`
const PASSWORD = 'a quiet harbour at dawn'

/** The state of the node at one time. */
interface Sample {
  readonly memory: number
  readonly descriptors: number
  readonly keys: number
}

/** What the callers did. */
interface Tally {
  requests: number
  /** Responses with errors other than those that the load provokes. */
  failed: number
}

function createCaller({ address }: Gateway, tally: Tally) {
  return async (
    query: string,
    variables: object,
    token: string | null,
    expected?: string,
  ): Promise<PostedResponse> => {
    const response = await postTo(address, query, variables, buildHeaders(token))
    tally.requests += 1
    if (response.code !== expected) tally.failed += 1
    await sleep(PAUSE_MS)
    return response
  }
}

/** Session after session of one account: sign-in by password or code, reads, a post, a refresh, the end. */
async function live(gateway: Gateway, email: string, isOver: () => boolean, tally: Tally): Promise<void> {
  const call = createCaller(gateway, tally)
  for (let round = 0; !isOver(); round += 1) {
    const { accessToken, refreshToken } = await signIn(call, email, round)
    for (let read = 0; read < 4; read += 1) await call(read % 2 ? POSTS : ME, {}, accessToken)
    const created = await call(CREATE, {}, accessToken)
    await call(DELETE, { id: created.data?.['createPost']?.['id'] }, accessToken)
    const next = (await call(REFRESH, { token: refreshToken }, null)).data?.['refresh']
    const token = String(next?.['accessToken'])
    await call(LOGOUT, {}, token)
    await call(ME, {}, token, 'UNAUTHENTICATED')
    await call(LOGIN, { email, password: 'not this one, no' }, null, 'INVALID_CREDENTIALS')
  }
}

async function signIn(call: ReturnType<typeof createCaller>, email: string, round: number) {
  const isByCode = round % 2 === 1
  const asked = isByCode ? (await call(REQUEST, { email }, null)).data?.['requestOtp'] : undefined
  const entered = isByCode
    ? await call(VERIFY, { id: asked?.['challengeId'], code: asked?.['otpCode'] }, null)
    : await call(LOGIN, { email, password: PASSWORD }, null)
  const payload = entered.data?.[isByCode ? 'verifyOtp' : 'login']
  return { accessToken: String(payload?.['accessToken']), refreshToken: String(payload?.['refreshToken']) }
}

async function takeSample({ pid }: Gateway, redis: Redis): Promise<Sample> {
  const descriptors = readdirSync(`/proc/${pid}/fd`).length
  return { memory: residentBytes(pid), descriptors, keys: await redis.dbsize() }
}

/** Samples of the whole load. The first half fills caches and reaches the age at which keys expire. */
async function soak(gateway: Gateway, redis: Redis, tally: Tally): Promise<readonly Sample[]> {
  const until = performance.now() + MINUTES * 60_000
  const isOver = () => performance.now() > until
  const emails = Array.from({ length: CALLERS }, (_, caller) => `person${caller % USERS}@example.com`)
  const lives = Promise.all(emails.map((email) => live(gateway, email, isOver, tally)))
  const samples: Sample[] = []
  while (!isOver()) {
    samples.push(await takeSample(gateway, redis))
    await sleep(SAMPLE_MS)
  }
  await lives
  return samples
}

const folder = mkdtempSync(join(tmpdir(), 'gateway-soak-'))
const [redisServer, postgres] = [await startRedis(), await startPostgres()]
const redis = new Redis(redisServer.url)
try {
  const settings = {
    ...{ DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redisServer.url, DATA_DIR: folder },
    // Records of ended sessions are kept for as long as an access token is valid.
    ACCESS_TOKEN_MINUTES: '5',
  }
  const gateway = await launchGateway(settings, null)
  const tally: Tally = { requests: 0, failed: 0 }
  const samples = await soak(gateway, redis, tally)
  await gateway.stop()
  const half = samples.slice(Math.floor(samples.length / 2))
  const third = Math.ceil(half.length / 3)
  const read = (part: readonly Sample[], figure: keyof Sample) => median(part.map((sample) => sample[figure]))
  const figures = (['memory', 'descriptors', 'keys'] as const).map((figure) => {
    const [before, after] = [read(half.slice(0, third), figure), read(half.slice(-third), figure)]
    const growth = figure === 'descriptors' ? after - before : after / before - 1
    return { figure, before, after, growth, isSteady: growth <= TOLERATED[figure] }
  })
  const format = (figure: keyof Sample, value: number) =>
    figure === 'memory' ? `${(value / 1e6).toFixed(0)} MB` : String(value)
  const rows = figures.map(({ figure, before, after, growth }) => [
    { memory: 'resident memory', descriptors: 'file descriptors', keys: 'keys in Redis' }[figure],
    format(figure, before),
    format(figure, after),
    figure === 'descriptors' ? `${growth}` : `${(100 * growth).toFixed(1)} %`,
  ])
  const at = (share: number) => `minute ${Math.round(MINUTES * share)}`
  await report(
    'soak',
    `${buildTable(['', `${at(1 / 2)} to ${Math.round((MINUTES * 2) / 3)}`, `${at(5 / 6)} to ${MINUTES}`, 'growth'], rows)}\n\n${MINUTES} minutes, ${(tally.requests / MINUTES / 60).toFixed(0)} requests a second, ${tally.failed} of ${tally.requests} with an unexpected response. Node ${process.versions.node}.`,
  )
  if (tally.failed > 0 || figures.some(({ isSteady }) => !isSteady)) process.exitCode = 1
} finally {
  redis.disconnect()
  await redisServer.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
