import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A response, as far as attacks inspect it. */
export interface Seen {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** `extensions.code` of the first error; `ok` without errors, `none` if the body is not JSON. */
  readonly code: string
  /** Fields of `data`. */
  readonly data: Readonly<Record<string, Record<string, unknown> | null>>
}

/** Options of a request. */
export interface Sending {
  readonly from?: string
  readonly token?: string
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A user with an account. */
export interface Victim {
  readonly email: string
  readonly accessToken: string
  readonly refreshToken: string
}

/** A registered user with the sent code. */
export interface Newcomer {
  readonly email: string
  readonly challengeId: string
  readonly code: string
  readonly from: string
}

/** A gateway in a separate process with production settings. */
export interface Target {
  readonly port: number
  readonly pid: number
  /** Sends a body: texts and bytes unchanged, other values as JSON. */
  send(body: unknown, sending?: Sending): Promise<Seen>
  query(query: string, variables?: object, sending?: Sending): Promise<Seen>
  /** An unused loopback address, which limits count as another network. */
  newNetwork(): string
  signUp(): Promise<Victim>
  /** The code of the message that follows the first `before` messages with a code to an address. */
  codeAfter(email: string, before: number): Promise<string>
  /** Registers a user without verifying the address. */
  register(): Promise<Newcomer>
  /** Verifies the address by the challenge id, as its owner does. */
  verify(newcomer: Newcomer): Promise<Seen>
  stop(): Promise<void>
}

export const PASSWORD = 'a quiet harbour at dawn'
const root = resolve(import.meta.dirname, '../..')
const SIGNED_IN = '{ ... on AuthPayload { accessToken refreshToken } }'
const VERIFY = `mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) ${SIGNED_IN} }`

/**
 * Starts the built gateway with production settings. `stores`: settings of its stores; default: the embedded
 * ones.
 */
export async function startTarget(stores: Readonly<Record<string, string>> = {}): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-attack-'))
  const child = spawn(process.execPath, [join(root, 'dist/main.js')], {
    env: {
      ...stores,
      NODE_ENV: 'production',
      DATA_DIR: folder,
      PORT: '0',
      PUBLIC_URL: 'https://auth.example.com',
      // The attacks run on the same machine, so a busy event loop does not indicate overload.
      MAX_LOOP_PERCENT: '100',
      REQUEST_SECONDS: '30',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await readPort(child)
  const mailboxFile = join(folder, 'outbox/outbox.jsonl')
  const agents = new Map<string, Agent>()
  let networks = 0
  let users = 0

  function agentFor(from: string): Agent {
    const agent = agents.get(from) ?? new Agent({ keepAlive: true, maxSockets: 50, localAddress: from })
    agents.set(from, agent)
    return agent
  }
  const target: Target = {
    port,
    pid: child.pid ?? 0,
    send: (body, sending = {}) => send(port, agentFor(sending.from ?? '127.0.0.1'), body, sending),
    query: (query, variables, sending) => target.send({ query, variables }, sending),
    newNetwork() {
      networks += 1
      return `127.${1 + (networks >> 16)}.${(networks >> 8) & 255}.${networks & 255}`
    },
    codeAfter: (email, before) => waitForCode(mailboxFile, email, before),
    async register() {
      users += 1
      const email = `victim${users}@example.com`
      const from = target.newNetwork()
      const register = 'mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }'
      const { data } = await target.query(register, { input: { email, password: PASSWORD } }, { from })
      const challengeId = String(data['register']?.['challengeId'])
      return { email, challengeId, code: await target.codeAfter(email, 0), from }
    },
    verify({ challengeId, code, from }) {
      return target.query(VERIFY, { input: { challengeId, code, purpose: 'VERIFY_EMAIL' } }, { from })
    },
    async signUp() {
      const newcomer = await target.register()
      const verified = await target.verify(newcomer)
      return {
        email: newcomer.email,
        ...(verified.data['verifyOtp'] as { accessToken: string; refreshToken: string }),
      }
    },
    async stop() {
      for (const agent of agents.values()) agent.destroy()
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return target
}

async function readPort(child: ChildProcess): Promise<number> {
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-100_000)))
  for (let wait = 0; wait < 1000; wait += 1) {
    const port = /"address":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(output)?.[1]
    if (port) return Number(port)
    if (child.exitCode !== null) break
    await sleep(20)
  }
  throw new Error(`the gateway did not start: ${output}`)
}

async function waitForCode(file: string, email: string, before: number): Promise<string> {
  for (let wait = 0; wait < 500; wait += 1) {
    const code = readCodes(file, email)[before]
    if (code !== undefined) return code
    await sleep(20)
  }
  throw new Error(`no code for ${email}`)
}

function readCodes(file: string, email: string): string[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const messages = lines.map((line) => JSON.parse(line) as { to: string; text: string })
  return messages
    .filter(({ to }) => to === email)
    .flatMap(({ text }) => /(?:code is |^)(\d{4,10})\b/m.exec(text)?.[1] ?? [])
}

async function send(port: number, agent: Agent, body: unknown, sending: Sending): Promise<Seen> {
  const { method = 'POST', path = '/graphql', token, headers = {} } = sending
  const payload = typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body)
  const sent = request({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
  if (method === 'POST') sent.setHeader('content-length', Buffer.byteLength(payload ?? ''))
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, ...parseBody(text) }),
      )
      response.on('error', reject)
    })
    sent.end(method === 'POST' ? payload : undefined)
  })
}

function parseBody(text: string): Pick<Seen, 'code' | 'data'> {
  try {
    const { errors, data } = JSON.parse(text) as {
      errors?: { extensions?: { code?: string } }[]
      data?: Seen['data'] | null
    }
    return { code: errors ? (errors[0]?.extensions?.code ?? 'no code') : 'ok', data: data ?? {} }
  } catch {
    return { code: 'none', data: {} }
  }
}
