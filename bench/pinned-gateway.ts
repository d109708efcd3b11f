import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A gateway in a process of its own, with somebody signed in. */
export interface Server {
  readonly port: number
  readonly pid: number
  readonly token: string
  stop(): Promise<void>
}

const MAIN = resolve(import.meta.dirname, '../dist/main.js')

/** Starts one with these settings, without limits, on some cores (a list for taskset(1)). */
export async function launch(settings: Record<string, string>, cores: string): Promise<Server> {
  const child = spawn('taskset', ['-c', cores, process.execPath, MAIN], {
    env: {
      PORT: '0',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_SCALE: '1000000',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-10_000)))
  let port: number | undefined
  while (port === undefined) {
    if (child.exitCode !== null) throw new Error(output)
    await sleep(20)
    const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]
    if (found) port = Number(found)
  }
  return {
    port,
    pid: child.pid ?? 0,
    token: await signUp(port),
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function signUp(port: number): Promise<string> {
  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    })
    const { data } = (await response.json()) as { data: Record<string, Record<string, string>> }
    return Object.values(data)[0] ?? {}
  }
  const { challengeId, otpCode } = await ask(
    'mutation { register(input: { email: "ada@example.com", password: "a quiet harbour at dawn" }) { challengeId otpCode } }',
  )
  const { accessToken = '' } = await ask(
    `mutation { verifyOtp(input: { challengeId: "${challengeId}", code: "${otpCode}", purpose: VERIFY_EMAIL }) { ... on AuthPayload { accessToken } } }`,
  )
  return accessToken
}
