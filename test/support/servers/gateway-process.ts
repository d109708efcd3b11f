import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach } from 'vitest'
import { removeFolder, temporaryFolder } from '../backends.ts'
import { eventually } from './processes.ts'
import { requestShared } from './request-shared.ts'

/** A gateway in a separate process that listens on loopback. */
export interface GatewayProcess {
  readonly address: string
  readonly child: ChildProcess
  /** All output so far. */
  output(): string
  /**
   * Sends a signal and waits for the exit; returns the exit status, or null if the signal ended the process.
   */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Longest wait for a start in milliseconds, on a busy machine and with several processes. */
const START_MS = 60_000

/** How a gateway is started otherwise than by default. */
export interface LaunchOptions {
  /** The program. Default: the build of the present sources. */
  readonly main?: string
  /** Options of Node.js. */
  readonly nodeOptions?: readonly string[]
}

/** Starts the built gateway with only these settings in its environment, and waits until it listens. */
export async function startGatewayProcess(
  environment: Record<string, string>,
  options: LaunchOptions = {},
): Promise<GatewayProcess> {
  const { child, output } = await launch(environment, [], options)
  const address = await eventually(async () => {
    if (child.exitCode !== null) return 'exited'
    return /"(?:gateway\.)?address":"([^"]+)"/.exec(output())?.[1] ?? false
  }, START_MS)
  if (address === 'exited') throw new Error(output())
  return {
    address,
    child,
    output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal)
        await once(child, 'exit')
      }
      return child.exitCode
    },
  }
}

/** Runs the built gateway until it exits. */
export async function runGateway(
  environment: Record<string, string>,
  args: readonly string[] = [],
  options: LaunchOptions = {},
): Promise<{ status: number | null; output: string }> {
  const { child, output } = await launch(environment, args, options)
  await once(child, 'close')
  return { status: child.exitCode, output: output() }
}

async function launch(
  environment: Record<string, string>,
  args: readonly string[],
  { main, nodeOptions = [] }: LaunchOptions,
) {
  const program = main ?? (await requestShared('build'))
  let text = ''
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    env: { PORT: '0', SHUTDOWN_DRAIN_SECONDS: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, output: () => text }
}

/** The entries of the log with an event so far; development also prints text for people. */
export function entriesOf(
  { output }: Pick<GatewayProcess, 'output'>,
  event: string,
): Readonly<Record<string, unknown>>[] {
  const lines = output().split('\n')
  const entries = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  return entries.filter((entry) => entry['event'] === event)
}

/** The response to a posted GraphQL request. `code`: of the first error. */
export interface PostedResponse {
  readonly status: number
  readonly headers: Response['headers']
  readonly data: Record<string, Record<string, unknown>> | null | undefined
  readonly errors: { message: string; extensions: Record<string, unknown> }[] | undefined
  readonly code: unknown
}

/** Posts a GraphQL request to an address. */
export async function postTo(
  address: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<PostedResponse> {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as {
    data?: Record<string, Record<string, unknown>> | null
    errors?: { message: string; extensions: Record<string, unknown> }[]
  }
  return {
    status: response.status,
    headers: response.headers,
    data,
    errors,
    code: errors?.[0]?.extensions['code'],
  }
}

const REGISTER =
  'mutation ($email: String!) { register(input: { email: $email, password: "a quiet harbour at dawn" }) { challengeId otpCode } }'
const VERIFY =
  'mutation ($id: ID!, $code: String!) { verifyOtp(input: { challengeId: $id, code: $code, purpose: VERIFY_EMAIL }) { ... on AuthPayload { accessToken } } }'

/**
 * Registers and verifies an address at a gateway that returns codes in responses; returns the access token.
 */
export async function signUpAt(
  { address }: Pick<GatewayProcess, 'address'>,
  email = 'ada@example.com',
): Promise<string> {
  const { data } = await postTo(address, REGISTER, { email })
  const { challengeId, otpCode } = data?.['register'] ?? {}
  const verified = await postTo(address, VERIFY, { id: challengeId, code: otpCode })
  return String(verified.data?.['verifyOtp']?.['accessToken'])
}

/** For a suite: starts gateways and creates folders, and removes them after each test. */
export function gatewayProcesses() {
  const folders: string[] = []
  const running: GatewayProcess[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.stop('SIGKILL')
    folders.splice(0).forEach(removeFolder)
  })
  return {
    folder: (): string => {
      const path = temporaryFolder()
      folders.push(path)
      return path
    },
    start: async (environment: Record<string, string>, options?: LaunchOptions): Promise<GatewayProcess> => {
      const gateway = await startGatewayProcess(environment, options)
      running.push(gateway)
      return gateway
    },
  }
}
