import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/servers/processes.ts'

/** The response to a GraphQL request. */
export interface SentResponse {
  readonly status: number
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]
}

/** Sends a GraphQL request. Rejects without a response, or with one that is not JSON. */
export type Send = (query: string, variables: object, token?: string) => Promise<SentResponse>

/** Traffic of one account. */
export interface Traffic {
  /** Waits until each kind of request has succeeded so many more times. */
  pass(rounds: number): Promise<void>
  /** The latest access token. */
  accessToken(): string
  stop(): Promise<TrafficResult>
}

/** What has become of the requests. */
export interface TrafficResult {
  /** Requests that failed, and failed again when they were repeated once. */
  readonly failures: readonly string[]
  /** Number of requests that were repeated. */
  readonly retried: number
  /** Titles of the acknowledged writes, in their order. */
  readonly acknowledged: readonly string[]
}

/** Pause before a request is repeated. */
const PAUSE_MS = 100
/** Queries at a time, so that some are in progress whenever a node ends. */
const READERS = 3
const PASSWORD = 'a quiet harbour at dawn'
const REGISTER =
  'mutation ($email: String!, $password: String!) { register(input: { email: $email, password: $password }) { challengeId otpCode } }'
const VERIFY =
  'mutation ($id: ID!, $code: String!) { verifyOtp(input: { challengeId: $id, code: $code, purpose: VERIFY_EMAIL }) { ... on AuthPayload { accessToken refreshToken } } }'
const CREATE = 'mutation { createPost(input: { title: "version 0", content: "text" }) { id updatedAt } }'
const UPDATE =
  'mutation ($id: ID!, $title: String!, $readAt: DateTime!) { updatePost(id: $id, input: { title: $title, expectedUpdatedAt: $readAt }) { updatedAt } }'
const REFRESH = 'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }'

/**
 * Signs an account up and sends three kinds of requests in parallel, all of which may be repeated: a query, a
 * change of a post with the version that it is based on, and a refresh, which returns the same tokens again
 * for a short time.
 */
export async function createTraffic(send: Send): Promise<Traffic> {
  const failures: string[] = []
  const acknowledged: string[] = []
  const passed = { query: 0, write: 0, refresh: 0 }
  let retried = 0
  let isRunning = true

  const { challengeId: id, otpCode: code } = await ask(REGISTER, {
    email: 'ada@example.com',
    password: PASSWORD,
  })
  let session = await ask(VERIFY, { id, code })
  const post = await ask(CREATE, {}, toText(session['accessToken']))

  /** Sends a request that must succeed. */
  async function ask(query: string, variables: object, token?: string) {
    const response = await send(query, variables, token)
    const [value] = Object.values(response.data ?? {})
    if (!value) throw new Error(JSON.stringify(response))
    return value
  }

  /** Sends a request, and once more if it fails. Null if both failed. */
  async function askTwice<Value>(
    kind: keyof typeof passed,
    attempt: () => Promise<Value>,
  ): Promise<Value | null> {
    for (const isLast of [false, true]) {
      try {
        const value = await attempt()
        passed[kind] += 1
        return value
      } catch (error) {
        if (isLast) failures.push(`${kind}: ${String(error)}`)
        else retried += 1
        await sleep(PAUSE_MS)
      }
    }
    return null
  }

  async function repeat(step: () => Promise<unknown>): Promise<void> {
    while (isRunning) await step()
  }

  /** Writes the next version. A conflict with the own change means that the first request was carried out. */
  async function write(title: string, readAt: unknown): Promise<unknown> {
    const variables = { id: post['id'], title, readAt }
    const response = await send(UPDATE, variables, toText(session['accessToken']))
    const current = response.errors?.[0]?.extensions['current'] as
      Readonly<Record<string, unknown>> | undefined
    if (current?.['title'] === title) return current['updatedAt']
    const updated = response.data?.['updatePost']
    if (!updated) throw new Error(JSON.stringify(response))
    return updated['updatedAt']
  }

  let version = { number: 0, updatedAt: post['updatedAt'] }
  const running = Promise.all([
    ...Array.from({ length: READERS }, () =>
      repeat(() => askTwice('query', () => ask('{ me { id } }', {}, toText(session['accessToken'])))),
    ),
    repeat(async () => {
      const title = `version ${version.number + 1}`
      const updatedAt = await askTwice('write', () => write(title, version.updatedAt))
      if (updatedAt === null) return
      acknowledged.push(title)
      version = { number: version.number + 1, updatedAt }
    }),
    repeat(async () => {
      const token = session['refreshToken']
      session = (await askTwice('refresh', () => ask(REFRESH, { token }))) ?? session
    }),
  ])
  return {
    async pass(rounds) {
      const before = { ...passed }
      const isPassed = () =>
        Object.entries(passed).every(([kind, count]) => count >= toCount(before, kind) + rounds)
      await eventually(async () => isPassed(), 60_000)
    },
    accessToken: () => toText(session['accessToken']),
    async stop() {
      isRunning = false
      await running
      return { failures, retried, acknowledged }
    },
  }
}

function toText(value: unknown): string {
  if (typeof value !== 'string') throw new Error('expected a text')
  return value
}

function toCount(counts: Readonly<Record<string, number>>, kind: string): number {
  return counts[kind] ?? 0
}
