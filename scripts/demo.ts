import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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

// Boots a gateway and walks the whole life of a sign-in over HTTP. Without settings it uses the embedded default in a folder
// of its own; with DATABASE_URL and REDIS_URL it uses those servers. Ends with status 1 at the first surprise.

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'gateway-demo-'))
const email = `ada.${Date.now()}@example.com`
const password = 'a quiet harbour at dawn'
let address = ''

async function main(): Promise<void> {
  const server = await boot()
  try {
    await walk()
  } finally {
    server.kill('SIGTERM')
    await new Promise((gone) => server.once('exit', gone))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function walk(): Promise<void> {
  const registered = await step('register', () => ask(RegisterDocument, { input: { email, password } }))
  const code = await step('read the code from the outbox file', () => readCode(email, 1))
  const first = await step('verify the code: signed in', async () => {
    const input = { challengeId: registered.register.challengeId, purpose: 'VERIFY_EMAIL', code } as const
    return signedInBy((await ask(VerifyOtpDocument, { input })).verifyOtp)
  })
  const { accessToken } = first
  await step('ask who I am', async () =>
    expectEqual((await ask(MeDocument, {}, accessToken)).me.email, email),
  )
  await step('write three posts', async () => {
    for (const title of ['One', 'Two', 'Three'])
      await ask(CreatePostDocument, { input: { title, content: `**${title}**` } }, accessToken)
  })
  await step('read them in two pages', () => readPages(accessToken, first.user.id))
  const second = await step('refresh from two tabs at once: one successor', async () => {
    const tabs = await Promise.all(
      [1, 2].map(() => ask(RefreshDocument, { refreshToken: first.refreshToken ?? null })),
    )
    expectEqual(new Set(tabs.map(({ refresh }) => refresh.refreshToken)).size, 1)
    return tabs[0]?.refresh
  })
  const third = await step('refresh again', () =>
    ask(RefreshDocument, { refreshToken: second?.refreshToken ?? null }),
  )
  const tab = await step('open a tab that watches the session', () => watch(third.refresh.accessToken))
  await step('replay a stolen token, the first one: the session ends', async () => {
    expectEqual(
      await refusal(RefreshDocument, { refreshToken: first.refreshToken ?? null }),
      'REFRESH_REUSED',
    )
    expectEqual(await refusal(MeDocument, {}, third.refresh.accessToken), 'UNAUTHENTICATED')
  })
  await step('the tab has been told why, and is closed', async () =>
    expectEqual(JSON.stringify(await tab.told), '{"kind":"ENDED","reason":"REUSED","code":4401}'),
  )
  await step('sign out: nothing to end any more, and no error', async () => {
    expectEqual((await ask(LogoutDocument, {}, accessToken)).logout.revokedSessions, 0)
  })
  await walkAccount({ email, password, ask, step, readCode, expectEqual })
}

/** A tab: `told` resolves with its news and how its socket closed. */
async function watch(token: string): Promise<{ told: Promise<object> }> {
  const client = createClient({
    url: `${address.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
  })
  const closed = new Promise<number>((resolve) =>
    client.on('closed', (event) => resolve((event as CloseEvent).code)),
  )
  await new Promise<void>((resolve) => client.on('connected', () => resolve()))
  const told = (async () => {
    for await (const { data } of client.iterate<SessionEventsSubscription>({
      query: print(SessionEventsDocument),
    }))
      if (data)
        return { kind: data.sessionEvents.kind, reason: data.sessionEvents.reason, code: await closed }
    return {}
  })()
  return { told }
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
  // Two messages go to one address within a minute, which is one more than people are sent.
  const limits = { RATE_LIMIT_SCALE: '2', SMS_COUNTRIES: 'GB' }
  const settings = { DATA_DIR: folder, PORT: '0', OTP_EXPOSE_CODE: 'false', ...limits }
  const started = performance.now()
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: { ...process.env, ...settings },
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
  if (errors || !data) throw new Error(`refused: ${errors?.[0]?.extensions.code ?? 'no data'}`)
  return data
}

async function refusal<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<string | undefined> {
  return (await post(document, variables, token)).errors?.[0]?.extensions.code
}

async function readCode(destination: string, messages: number): Promise<string> {
  const outbox = join(folder, 'outbox/outbox.jsonl')
  for (let attempt = 0; attempt < 200; attempt += 1) {
    // What stands behind the last line's end is being written.
    const lines = existsSync(outbox) ? readFileSync(outbox, 'utf8').split('\n').slice(0, -1) : []
    const sent = lines.map((line) => JSON.parse(line) as { to: string; text: string })
    const codes = sent.flatMap(({ to, text }) =>
      to === destination ? (/code is (\d+)/.exec(text)?.[1] ?? []) : [],
    )
    if (codes.length >= messages) return codes.at(-1) ?? ''
    await sleep(10)
  }
  throw new Error('no message arrived')
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

function expectEqual(seen: unknown, expected: unknown): void {
  if (seen !== expected) throw new Error(`expected ${String(expected)}, saw ${String(seen)}`)
}

await main()
