import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket, type CloseEvent } from 'ws'
import {
  CreatePostDocument,
  LogoutDocument,
  MeDocument,
  PostsDocument,
  RefreshDocument,
  RegisterDocument,
  SessionEventsDocument,
  VerifyOtpDocument,
  type SessionEventsSubscription,
} from '../test/generated/graphql.ts'
import { signedInBy } from '../test/support/outcomes.ts'
import { walkAccount } from './demo-account.ts'
import { walkRecovery } from './demo-recovery.ts'

// Starts a gateway and demonstrates its features over HTTP. By default it uses SQLite in a temporary folder;
// DATABASE_URL and REDIS_URL select other servers. The exit status is 1 after the first unexpected result.

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'gateway-demo-'))
const email = `ada.${Date.now()}@example.com`
const password = 'a quiet harbour at dawn'
// Two messages are sent to one address within a minute, which the default limits would reject.
const limits = { RATE_LIMIT_SCALE: '4', SMS_COUNTRIES: 'GB' }
const page = { UNDO_CHANGE_URL: 'https://app.example.com/undo-change' }
const settings = { DATA_DIR: folder, PORT: '0', OTP_EXPOSE_CODE: 'false', ...limits, ...page }
const environment = { ...process.env, ...settings }
let address = ''

async function main(): Promise<void> {
  const server = await boot()
  try {
    await demonstrate()
  } finally {
    server.kill('SIGTERM')
    await new Promise((resolve) => server.once('exit', resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function demonstrate(): Promise<void> {
  const registered = await step('register', () => ask(RegisterDocument, { input: { email, password } }))
  const code = await step('read the code from the development mailbox', () => readCode(email, 1))
  const first = await step('verify the code: signed in', async () => {
    const input = { challengeId: registered.register.challengeId, purpose: 'VERIFY_EMAIL', code } as const
    return signedInBy((await ask(VerifyOtpDocument, { input })).verifyOtp)
  })
  const { accessToken } = first
  await step('query the signed-in user', async () =>
    expectEqual((await ask(MeDocument, {}, accessToken)).me.email, email),
  )
  await step('create three posts', async () => {
    for (const title of ['One', 'Two', 'Three'])
      await ask(CreatePostDocument, { input: { title, content: `**${title}**` } }, accessToken)
  })
  await step('read them in two pages', () => readPages(accessToken, first.user.id))
  const second = await step('refresh concurrently in two tabs: one successor', async () => {
    const tabs = await Promise.all(
      [1, 2].map(() => ask(RefreshDocument, { refreshToken: first.refreshToken ?? null })),
    )
    expectEqual(new Set(tabs.map(({ refresh }) => refresh.refreshToken)).size, 1)
    return tabs[0]?.refresh
  })
  const third = await step('refresh again', () =>
    ask(RefreshDocument, { refreshToken: second?.refreshToken ?? null }),
  )
  const subscription = await step('subscribe to session events', () => subscribe(third.refresh.accessToken))
  await step('reuse the first refresh token: the session is revoked', async () => {
    expectEqual(
      await askForError(RefreshDocument, { refreshToken: first.refreshToken ?? null }),
      'REFRESH_REUSED',
    )
    expectEqual(await askForError(MeDocument, {}, third.refresh.accessToken), 'UNAUTHENTICATED')
  })
  await step('the subscription reports the reason and is closed', async () =>
    expectEqual(JSON.stringify(await subscription.event), '{"kind":"ENDED","reason":"REUSED","code":4401}'),
  )
  await step('sign out: no session left to revoke, and no error', async () => {
    expectEqual((await ask(LogoutDocument, {}, accessToken)).logout.revokedSessions, 0)
  })
  const demo = { email, password, ask, step, readCode, expectEqual }
  await walkAccount(demo)
  await walkRecovery({ ...demo, readUndoToken, runCommand })
}

/** Subscribes to session events. `event` resolves with the first event and the close code of the socket. */
async function subscribe(token: string): Promise<{ event: Promise<object> }> {
  const client = createClient({
    url: `${address.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
  })
  const closed = new Promise<number>((resolve) =>
    client.on('closed', (closing) => resolve((closing as CloseEvent).code)),
  )
  await new Promise<void>((resolve) => client.on('connected', () => resolve()))
  const event = (async () => {
    for await (const { data } of client.iterate<SessionEventsSubscription>({
      query: print(SessionEventsDocument),
    }))
      if (data)
        return { kind: data.sessionEvents.kind, reason: data.sessionEvents.reason, code: await closed }
    return {}
  })()
  return { event }
}

async function readPages(token: string, authorId: string): Promise<void> {
  const filter = { authorId }
  const { posts: page } = await ask(PostsDocument, { first: 2, filter }, token)
  expectEqual([page.totalCount, page.pageInfo.hasNextPage].join(), '3,true')
  const { posts: rest } = await ask(
    PostsDocument,
    { first: 2, filter, after: page.pageInfo.endCursor ?? null },
    token,
  )
  expectEqual([...page.edges, ...rest.edges].map(({ node }) => node.title).join(), 'Three,Two,One')
}

async function boot(): Promise<ChildProcess> {
  const started = performance.now()
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  server.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  while (!address) {
    if (server.exitCode !== null) throw new Error(`the server did not start:\n${output}`)
    address = /"address":"([^"]+)"/.exec(output)?.[1] ?? ''
    await sleep(10)
  }
  while (!(await fetch(`${address}/readyz`)).ok) await sleep(10)
  report('start the server until it is ready', started)
  return server
}

async function post<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
) {
  const headers = {
    'content-type': 'application/json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  }
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: print(document), variables }),
  })
  return (await response.json()) as { data?: Result; errors?: { extensions: { code: string } }[] }
}

async function ask<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<Result> {
  const { data, errors } = await post(document, variables, token)
  if (errors || !data) throw new Error(`rejected: ${errors?.[0]?.extensions.code ?? 'no data'}`)
  return data
}

async function askForError<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<string | undefined> {
  return (await post(document, variables, token)).errors?.[0]?.extensions.code
}

/** The code of the latest message to a destination, after this many have arrived. */
async function readCode(destination: string, messages: number): Promise<string> {
  const codes = await readMessages(destination, /(?:code is |^)(\d{4,10})\b/m, messages)
  return codes.at(-1) ?? ''
}

/** The token of the undo link in a message to a destination. */
async function readUndoToken(destination: string, message: number): Promise<string> {
  const tokens = await readMessages(destination, /undo-change(?:\?lang=\w+)?#token=([\w.-]+)/, message)
  return tokens[message - 1] ?? ''
}

/** The first group of a pattern in each message to a destination, once this many messages match. */
async function readMessages(destination: string, pattern: RegExp, messages: number): Promise<string[]> {
  const mailboxFile = join(folder, 'outbox/outbox.jsonl')
  for (let attempt = 0; attempt < 200; attempt += 1) {
    // The text after the last line break is incomplete.
    const lines = existsSync(mailboxFile) ? readFileSync(mailboxFile, 'utf8').split('\n').slice(0, -1) : []
    const sent = lines.map((line) => JSON.parse(line) as { to: string; text: string })
    const found = sent.flatMap(({ to, text }) => (to === destination ? (pattern.exec(text)?.[1] ?? []) : []))
    if (found.length >= messages) return found
    await sleep(10)
  }
  throw new Error(`no such message was sent to ${destination}`)
}

/** Runs a command of the gateway on the same database. */
async function runCommand(...args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, ['dist/main.js', ...args], { cwd: root, env: environment })
}

async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now()
  const result = await work()
  report(name, started)
  return result
}

function report(name: string, started: number): void {
  console.log(`  ✓ ${name.padEnd(58)} ${(performance.now() - started).toFixed(0).padStart(5)} ms`)
}

function expectEqual(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`)
}

await main()
