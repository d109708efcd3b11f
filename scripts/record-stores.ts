import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createClient, type Client, type Value } from '@libsql/client'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { migrate } from '../src/adapters/database/migrations.ts'
import { createApp, type App } from '../src/composition/app.ts'
import { loadConfig } from '../src/config/load-config.ts'
import { createLog } from '../src/http/log.ts'
import {
  CreatePostDocument,
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RefreshDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../test/generated/graphql.ts'
import { signedInBy } from '../test/support/outcomes.ts'

// Records the stores of this version and the tokens of its clients: `npx tsx scripts/record-stores.ts` writes
// test/fixtures/stores-<version>.json. Later versions must read it, and must not write anything that this
// version cannot read (test/features/upgrade.test.ts).

/** Tables, in an order that satisfies foreign keys. */
export const TABLES = ['users', 'sessions', 'posts', 'signing_keys', 'state_entries'] as const
/**
 * The value of a column. Times are texts, as in SQLite, which compares them as texts; 64-bit integers are
 * texts too.
 */
export type Cell = string | number | boolean | null
/** A row by column names. */
export type Row = Readonly<Record<string, Cell>>

/** Client data after `leaveTraces`. */
export interface Traces {
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly refreshToken: string
  /** Its successor is `refreshToken`, issued at the time of the recording. */
  readonly previousRefreshToken: string
  /** A pending sign-in code with one failed attempt. */
  readonly pending: { readonly challengeId: string; readonly code: string }
  /** Tokens of a session after its sign-out. */
  readonly ended: { readonly accessToken: string; readonly refreshToken: string }
}

/** A recording. */
export interface RecordedStores extends Traces {
  /** Version of the package. */
  readonly version: string
  /** `GATEWAY_SECRET`, invented. */
  readonly secret: string
  /** Time of the stopped clock. */
  readonly at: string
  readonly tables: Readonly<Record<(typeof TABLES)[number], readonly Row[]>>
}

const EMAIL = 'recorded@example.com'
const PASSWORD = 'a quiet harbour at dawn'
const SECRET = 'made up for recorded stores, guards nothing: 4kW9zT'
const AT = Date.UTC(2026, 0, 31, 8)
/** Two messages are sent within a minute, which the default limits would reject. */
export const RECORDED_WITH = { RATE_LIMIT_SCALE: '2' } as const

/**
 * Creates data of every kind: an account, sessions (new, rotated, ended), a post, a code, counters. Needs
 * empty stores.
 */
export async function leaveTraces(app: App): Promise<Traces> {
  const credentials = { email: EMAIL, password: PASSWORD }
  const { register } = await ask(app, RegisterDocument, { input: credentials })
  const verification = { challengeId: register.challengeId, code: register.otpCode ?? '' }
  const { verifyOtp } = await ask(app, VerifyOtpDocument, {
    input: { ...verification, purpose: 'VERIFY_EMAIL' },
  })
  const post = { title: 'Recorded', content: '**Recorded**', published: true }
  await ask(app, CreatePostDocument, { input: post }, signedInBy(verifyOtp).accessToken)
  const signIn = async () => signedInBy((await ask(app, LoginDocument, { input: credentials })).login)
  const ended = await signIn()
  await ask(app, LogoutDocument, {}, ended.accessToken)
  const login = await signIn()
  const { refresh } = await ask(app, RefreshDocument, { refreshToken: login.refreshToken })
  await ask(app, MeDocument, {}, refresh.accessToken)
  return {
    ...credentials,
    accessToken: refresh.accessToken,
    refreshToken: refresh.refreshToken ?? '',
    previousRefreshToken: login.refreshToken ?? '',
    pending: await leaveCode(app),
    ended: { accessToken: ended.accessToken, refreshToken: ended.refreshToken ?? '' },
  }
}

async function leaveCode(app: App): Promise<Traces['pending']> {
  const { requestOtp } = await ask(app, RequestOtpDocument, { input: { email: EMAIL, purpose: 'LOGIN' } })
  const pending = { challengeId: requestOtp.challengeId, code: requestOtp.otpCode ?? '' }
  const code = pending.code === '111111' ? '222222' : '111111'
  await send(app, VerifyOtpDocument, { input: { ...pending, code, purpose: 'LOGIN' } })
  return pending
}

/** Records a gateway with default settings on SQLite, with its state in the database. */
export async function recordStores(): Promise<RecordedStores> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-record-'))
  const url = `file:${join(folder, 'gateway.db')}`
  const variables = {
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: url,
    GATEWAY_SECRET: SECRET,
    ...RECORDED_WITH,
  }
  const now = () => AT
  await migrate({ url, now })
  const config = loadConfig({ variables, readFile: () => '' })
  const app = await createApp(config, createLog('silent'), { now, show: null })
  const database = createClient({ url })
  try {
    const traces = await leaveTraces(app)
    const rows = await Promise.all(TABLES.map(async (table) => [table, await readRows(database, table)]))
    const tables = Object.fromEntries(rows) as RecordedStores['tables']
    return { version: readVersion(), secret: SECRET, at: new Date(AT).toISOString(), ...traces, tables }
  } finally {
    database.close()
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readRows(database: Client, table: string): Promise<Row[]> {
  const { columns, columnTypes, rows } = await database.execute(`SELECT * FROM ${table} ORDER BY 1`)
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name, toCell(row[index] ?? null, columnTypes[index])])),
  )
}

function toCell(value: Value, type: string | undefined): Cell {
  if (value instanceof ArrayBuffer) throw new Error('binary columns are not supported')
  if (type === 'BOOLEAN' && value !== null) return Number(value) === 1
  return type === 'BIGINT' || typeof value === 'bigint' ? String(value) : value
}

async function send<Result, Variables>(
  { http }: App,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const payload = { query: print(document), variables }
  const response = await http.app.inject({
    method: 'POST',
    url: '/graphql',
    headers: authorization,
    payload,
  })
  return response.json<{ data?: Result | null; errors?: { extensions: { code: string } }[] }>()
}

async function ask<Result, Variables>(
  app: App,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<Result> {
  const { data, errors } = await send(app, document, variables, token)
  if (errors || !data) throw new Error(`rejected: ${errors?.[0]?.extensions.code ?? 'no data'}`)
  return data
}

function readVersion(): string {
  const text = readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

if (process.argv[1] === import.meta.filename) {
  const recorded = await recordStores()
  const folder = resolve(import.meta.dirname, '../test/fixtures')
  const file = join(folder, `stores-${recorded.version.replace(/\.\d+$/, '')}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`)
  console.log(file)
}
