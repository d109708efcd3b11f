import { setTimeout as sleep } from 'node:timers/promises'
import { postTo, signUpAt } from '../test/support/servers/gateway-process.ts'
import { median } from './figures.ts'
import { OPERATIONS, SAMPLES, type OperationName, type Timings } from './growth-operations.ts'
import { ABSENT_WORD, RARE_WORD, toWord } from './growth-seed.ts'
import { buildHeaders, type Server } from './servers.ts'

/** Requests of an operation that are not measured. */
const WARM_UP = 5
const COMPILING = 150
/** Attempts of a request that is not measured, and the pause between them. */
const ATTEMPTS = 20
const PAUSE_MS = 250
/** Refused requests after which an operation is not tried again. */
const MAX_REFUSED = 3
/** The page that is far from the start of the list, or the last one of a shorter list. */
const FAR_PAGE = 2000
const PAGE = 20
const STRIDE = 100

const EMAIL = 'measured@example.com'
const LOGIN = `mutation { login(input: { email: "${EMAIL}", password: "a quiet harbour at dawn" }) { ... on AuthPayload { accessToken refreshToken } } }`
const LOGOUT = 'mutation { logout { revokedSessions } }'
const REFRESH = 'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }'
const REQUEST_CODE = 'mutation ($email: String!) { requestOtp(input: { email: $email }) { expiresIn } }'
const CREATE = 'mutation { createPost(input: { title: "A title", content: "Some content." }) { id } }'
const EDIT = 'mutation ($id: ID!, $title: String!) { updatePost(id: $id, input: { title: $title }) { id } }'
const LIST = `query ($after: String, $filter: PostFilter) {
  posts(first: ${PAGE}, after: $after, filter: $filter) {
    nodes { id title published author { id fullName } } pageInfo { hasNextPage endCursor }
  }
}`
const SKIP =
  'query ($first: Int, $after: String) { posts(first: $first, after: $after) { pageInfo { endCursor hasNextPage } } }'
const COUNT = 'query ($filter: PostFilter) { posts(first: 1, filter: $filter) { totalCount } }'

interface Step {
  /** Not measured: what has to happen before each request. */
  readonly prepare?: () => Promise<unknown>
  readonly request: () => Promise<unknown>
}

type Result = Record<string, unknown>

/** The account that sends the requests, signed in. */
interface Session {
  accessToken: string
  refreshToken: string
}

/** Creates the measured account, with a real password hash and one post. */
export async function createMeasuredAccount(server: Server): Promise<void> {
  const accessToken = await signUpAt(server, EMAIL)
  await send(server, CREATE, {}, accessToken)
}

/** Leaves the keys of one-time codes, of a sign-out and of their counters in the state store. */
export async function leaveKeys(server: Server): Promise<void> {
  for (let index = 0; index < 50; index += 1) {
    const accessToken = await signUpAt(server, `visitor${index}@example.com`)
    await persist(() => send(server, '{ me { id } }', {}, accessToken))
    await persist(() => send(server, REQUEST_CODE, { email: `visitor${index}@example.com` }))
    if (index % 2 === 0) await persist(() => send(server, LOGOUT, {}, accessToken))
  }
}

/**
 * Sends every operation repeatedly, one request at a time. The operations take turns, so that variations of
 * the machine affect all of them.
 */
export async function measureOperations(server: Server): Promise<Timings> {
  const session = (await persist(() => send(server, LOGIN))) as unknown as Session
  const steps = await buildSteps(server, session)
  await warmUp(steps)
  const names = Object.keys(OPERATIONS) as OperationName[]
  const figures = new Map<OperationName, (number | null)[]>(names.map((name) => [name, []]))
  for (let round = 0; round < WARM_UP + SAMPLES; round += 1) {
    for (const [name, measured] of figures) {
      const refused = measured.filter((figure) => figure === null).length
      if (refused < MAX_REFUSED) measured.push(await measure(steps[name]))
    }
  }
  return Object.fromEntries([...figures].map(([name, all]) => [name, toMedian(all)])) as Timings
}

/** Null if requests were refused. */
function toMedian(figures: readonly (number | null)[]): number | null {
  const served = figures.filter((figure) => figure !== null)
  if (figures.length - served.length >= MAX_REFUSED) return null
  return Number(median(served.slice(WARM_UP)).toFixed(3))
}

async function buildSteps(server: Server, session: Session): Promise<Record<OperationName, Step>> {
  const request = (query: string, variables: object = {}) =>
    send(server, query, variables, session.accessToken)
  const [after, own] = [await findFarCursor(request), await findOwnPost(request)]
  let edits = 0
  // A list is measured after a write, so that no cache returns it.
  const edit = () => request(EDIT, { id: own, title: `Edit ${(edits += 1)}` })
  const afterEdit = (query: string, variables: object): Step => ({
    prepare: edit,
    request: () => request(query, variables),
  })
  const search = (word: string) => afterEdit(LIST, { filter: { search: word } })
  return {
    none: { request: () => send(server, '{ __typename }') },
    me: { request: () => request('{ me { id email } }') },
    login: buildLogin(server),
    refresh: {
      request: async () => Object.assign(session, await request(REFRESH, { token: session.refreshToken })),
    },
    first: afterEdit(LIST, {}),
    far: afterEdit(LIST, { after }),
    rare: search(RARE_WORD),
    frequent: search(toWord(1)),
    absent: search(ABSENT_WORD),
    drafts: afterEdit(LIST, { filter: { published: false } }),
    total: afterEdit(COUNT, {}),
  }
}

/** Each session is signed out before the next sign-in, which would end the oldest one of too many. */
function buildLogin(server: Server): Step {
  let last: string | null = null
  return {
    prepare: async () => last && send(server, LOGOUT, {}, last),
    request: async () => (last = String((await send(server, LOGIN))['accessToken'])),
  }
}

type Request = (query: string, variables?: object) => Promise<Result>

/** The cursor after which the far page starts. */
async function findFarCursor(request: Request): Promise<string | null> {
  let after: string | null = null
  for (let left = (FAR_PAGE - 1) * PAGE; left > 0; left -= STRIDE) {
    const variables = { first: Math.min(STRIDE, left), after }
    const { pageInfo } = (await persist(() => request(SKIP, variables))) as unknown as {
      pageInfo: { endCursor: string; hasNextPage: boolean }
    }
    if (!pageInfo.hasNextPage) break
    after = pageInfo.endCursor
  }
  return after
}

async function findOwnPost(request: Request): Promise<string> {
  const { nodes } = (await persist(() => request(LIST))) as unknown as { nodes: { id: string }[] }
  return nodes[0]?.id ?? ''
}

/** Requests that let the engine compile the usual way of a request. */
async function warmUp({ me, first }: Record<OperationName, Step>): Promise<void> {
  for (let index = 0; index < COMPILING; index += 1) {
    await persist(me.request)
    await persist(first.request)
  }
}

/** Milliseconds of one request; null if it was refused. */
async function measure({ prepare, request }: Step): Promise<number | null> {
  if (prepare) await persist(prepare)
  const started = performance.now()
  try {
    await request()
    return performance.now() - started
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

/** The gateway could not process the request in time. */
class Refused extends Error {}

/** Repeats what is not measured after a refusal, so that a busy moment does not end the run. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Refused) || attempt === ATTEMPTS) throw error
      await sleep(PAUSE_MS)
    }
  }
}

/** The result of the only root field. */
async function send(
  { address }: Server,
  query: string,
  variables: object = {},
  token: string | null = null,
): Promise<Result> {
  const { data, errors, code } = await postTo(address, query, variables, buildHeaders(token))
  if (code === 'SERVICE_UNAVAILABLE') throw new Refused(code)
  const [result] = Object.values(data ?? {})
  if (errors || !result) throw new Error(JSON.stringify(errors))
  return result
}
