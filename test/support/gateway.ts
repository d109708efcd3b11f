import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { expect } from 'vitest'
import { createApp, type App } from '../../src/composition/app.ts'
import type { Overrides } from '../../src/composition/adapters.ts'
import { openLog } from '../../src/composition/open-log.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import {
  freshDatabase,
  freshPooledDatabase,
  freshStore,
  readRows,
  removeFolder,
  temporaryFolder,
  type Backend,
} from './backends.ts'
import { RegisterDocument, VerifyOtpDocument, type SignInFragment } from '../generated/graphql.ts'
import { signedInBy } from './outcomes.ts'
import { eventually } from './servers/processes.ts'
import { countUnavailable } from './unavailable-responses.ts'

/** A GraphQL error as clients receive it. */
export interface SeenError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string }
}

/** A response as clients receive it. */
export interface GraphqlResponse<Result> {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly data: Result | null | undefined
  readonly errors: readonly SeenError[]
  /** `extensions.code` of the first error. */
  readonly code: string | undefined
  readonly text: string
}

/** Options of a request. */
export interface Sending {
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** A gateway in this process with an adjustable clock. */
export interface TestGateway {
  readonly app: App
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  now(): number
  passTime(ms: number): void
  /** Sends a typed document over HTTP, without a socket. */
  send<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    sending?: Sending,
  ): Promise<GraphqlResponse<Result>>
  /** Sends any text. */
  sendText(
    query: string,
    variables?: Record<string, unknown>,
    sending?: Sending,
  ): Promise<GraphqlResponse<Record<string, unknown>>>
  /** Sends a typed document and returns its data. Fails the test if there are errors. */
  ask<Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    token?: string,
  ): Promise<Result>
  /** The code in the latest message to an address. */
  codeFor(address: string): Promise<string>
  /** The token after `#token=` in the latest message to an address. */
  linkTokenFor(address: string): Promise<string>
  /** Messages to an address. */
  messagesTo(address: string): Promise<{ subject: string; text: string; html: string | null }[]>
  /** Registers an address and verifies it. */
  signUp(
    email?: string,
    password?: string | null,
  ): Promise<SignInFragment & { email: string; password: string }>
  /** A second node on the same stores, with some changed settings. */
  sibling(settings?: Readonly<Record<string, string>>): Promise<TestGateway>
  /** Rows of a statement, read directly from the database. */
  sql<Row>(statement: string): Promise<readonly Row[]>
  close(): Promise<void>
}

/** A line of the development mailbox. */
interface StoredMessage {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string | null
}

/** Replacements for real adapters. `log`: destination of log lines instead of standard output. */
export interface TestOverrides extends Overrides {
  readonly log?: { write(line: string): void }
}

/** The password of registered test accounts. */
export const PASSWORD = 'a quiet harbour at dawn'
let addresses = 0

/** A new e-mail address. */
export function newAddress(): string {
  addresses += 1
  return `person${addresses}.${Math.random().toString(36).slice(2, 8)}@example.com`
}

/**
 * A new British mobile number, which `SMS_COUNTRIES=GB` allows. Tests select notices by its last three
 * digits, so no two of a thousand in a row share them.
 */
export function newPhone(): string {
  addresses += 1
  const random = String(Math.floor(Math.random() * 10_000)).padStart(4, '0')
  return `+44741${random}${String(addresses % 1000).padStart(3, '0')}`
}

/** Starts a gateway on empty stores of a combination. */
export async function startGateway(
  backend: Backend,
  extra: Record<string, string> = {},
  overrides: TestOverrides = {},
): Promise<TestGateway> {
  const folder = temporaryFolder()
  const environment = {
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: await (backend.isPooled ? freshPooledDatabase() : freshDatabase(backend.database, folder)),
    ...(await freshStore(backend)),
    LOG_LEVEL: 'silent',
    VERIFY_EMAIL_URL: 'https://app.example.com/verify-email',
    UNDO_CHANGE_URL: 'https://app.example.com/undo-change',
    SMS_COUNTRIES: 'GB',
    // Suites send hundreds of concurrent requests, beside other suites.
    REQUEST_SECONDS: '60',
    MAX_LOOP_PERCENT: '100',
    ...extra,
  }
  return open(folder, environment, overrides, { offset: 0 })
}

async function open(
  folder: string,
  environment: Record<string, string>,
  overrides: TestOverrides,
  clock: { offset: number },
): Promise<TestGateway> {
  const now = overrides.now ?? (() => Date.now() + clock.offset)
  const config = loadConfig({
    variables: environment,
    readFile: (path) => readFileSync(path, 'utf8'),
    readBytes: (path) => readFileSync(path),
    readFolder: (path) =>
      new Map(
        readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter((file) => statSync(join(path, file)).isFile())
          .map((file) => [file, readFileSync(join(path, file), 'utf8')]),
      ),
  })
  const opened = openLog(config, overrides.log)
  const created = await createApp(config, opened.log, { show: null, ...overrides, now })
  const app: App = { ...created, close: () => created.close().then(() => opened.close()) }
  const send: TestGateway['send'] = (document, variables, sending) =>
    post(app, { query: print(document), variables }, sending)
  const mailboxFile = join(folder, 'outbox/outbox.jsonl')

  const gateway: TestGateway = {
    app,
    folder,
    environment,
    now,
    send,
    passTime: (ms) => void (clock.offset += ms),
    sendText: (query, variables = {}, sending) => post(app, { query, variables }, sending),
    async ask(document, variables, token) {
      const { data, errors } = await send(document, variables, { token })
      expect(errors).toEqual([])
      if (!data) throw new Error('no data')
      return data
    },
    async messagesTo(address) {
      // The text after the last line break is incomplete.
      const lines = readFileSync(mailboxFile, 'utf8').split('\n').slice(0, -1)
      const messages = lines.map((line) => JSON.parse(line) as StoredMessage)
      return messages.filter(({ to }) => to === address)
    },
    codeFor: (address) => findLast(gateway, address, /(?:code is |^)(\d{4,10})\b/m),
    linkTokenFor: (address) => findLast(gateway, address, /verify-email(?:\?lang=\w+)?#token=([\w.-]+)/),
    async signUp(email = newAddress(), password = PASSWORD) {
      const { register } = await gateway.ask(RegisterDocument, { input: { email, password } })
      const code = register.otpCode ?? (await gateway.codeFor(email))
      const input = { challengeId: register.challengeId, purpose: 'VERIFY_EMAIL', code } as const
      const { verifyOtp } = await gateway.ask(VerifyOtpDocument, { input })
      return { ...signedInBy(verifyOtp), email, password: password ?? '' }
    },
    sibling: (settings = {}) => open(folder, { ...environment, ...settings }, overrides, clock),
    sql: <Row>(statement: string) => readRows<Row>(environment['DATABASE_URL'] ?? '', statement),
    async close() {
      await app.close()
      removeFolder(folder)
    },
  }
  return gateway
}

/** The last match of a pattern in the messages to an address. */
function findLast(gateway: TestGateway, address: string, pattern: RegExp): Promise<string> {
  return eventually(async () => {
    const messages = await gateway.messagesTo(address)
    const found = messages.map(({ text }) => pattern.exec(text)?.[1]).filter((text) => text !== undefined)
    return found.at(-1) ?? false
  })
}

async function post<Result>(
  app: App,
  body: object,
  { token, headers = {} }: Sending = {},
): Promise<GraphqlResponse<Result>> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await app.http.app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    payload: JSON.stringify(body),
  })
  const { data, errors = [] } = response.json<{ data?: Result | null; errors?: SeenError[] }>()
  const code = errors[0]?.extensions.code
  countUnavailable(code)
  return {
    status: response.statusCode,
    headers: response.headers,
    data,
    errors,
    code,
    text: response.body,
  }
}

/** A response without its random parts and without the rate limits, which change with each call. */
export function normalizeResponse({
  status,
  text,
}: {
  readonly status: number
  readonly text: string
}): string {
  const random = /"challengeId":"[^"]{68}"|"otpCode":"\d{6}"|,?"rateLimits":\[[^\]]*\]/g
  return `${status} ${text.replace(random, '')}`
}
