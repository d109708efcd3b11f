import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { Agent as TlsAgent, request as requestTls } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayProcess } from './gateway-process.ts'
import { eventually } from './processes.ts'

/** An entry of the log. */
export type LogEntry = Readonly<Record<string, unknown>>

/** The entries of the log so far; development also prints text for people. */
export function readLog(gateway: GatewayProcess, event?: string): LogEntry[] {
  const lines = gateway.output().split('\n')
  const entries = lines.filter((line) => /^\{.*\}$/.test(line)).map((line) => JSON.parse(line) as LogEntry)
  return event === undefined ? entries : entries.filter((entry) => entry['event'] === event)
}

/** Waits for an entry of the log. */
export function awaitEntry(
  gateway: GatewayProcess,
  event: string,
  matches: (entry: LogEntry) => boolean = () => true,
): Promise<LogEntry> {
  return eventually(async () => readLog(gateway, event).find(matches), 60_000)
}

/** Ids of the worker processes, as soon as so many of those that have listened run. */
export function awaitWorkers(gateway: GatewayProcess, count: number): Promise<number[]> {
  return eventually(async () => {
    const pids = readLog(gateway, 'worker.listening').map(({ pid }) => Number(pid))
    const running = pids.filter(isRunning)
    return running.length === count && running
  }, 60_000)
}

/** Whether a process runs. One that has ended and whose parent has not noticed does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** What became of one request. */
export interface Outcome {
  /** Status of the response; null: none came. */
  readonly status: number | null
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The error that was received instead of a response. */
  readonly failure: string | null
}

/** A client with at most one connection, which it keeps while the server allows. */
export interface KeepAliveClient {
  readonly send: (options: SentRequest) => Promise<Outcome>
  readonly close: () => void
}

/** A request: a GraphQL query, or a GET of a path. */
export interface SentRequest {
  readonly query?: string
  readonly path?: string
  /** `X-Request-Id`. */
  readonly id?: string
  readonly token?: string
}

/** Creates a client that keeps its connection, or opens one for each request. */
export function createClient(
  address: string,
  { keepAlive }: { readonly keepAlive: boolean },
): KeepAliveClient {
  const isTls = address.startsWith('https:')
  const options = { keepAlive, maxSockets: 1, rejectUnauthorized: false }
  const agent = isTls ? new TlsAgent(options) : new Agent(options)
  const open = isTls ? requestTls : request
  return {
    close: () => agent.destroy(),
    send: ({ query, path = '/graphql', id = randomUUID(), token }) =>
      new Promise((resolve) => {
        const fail = (error: Error) =>
          resolve({ status: null, headers: {}, text: '', failure: error.message })
        const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
        const headers = { 'content-type': 'application/json', 'x-request-id': id, ...authorization }
        const method = query === undefined ? 'GET' : 'POST'
        const sent = open(`${address}${path}`, { agent, method, headers }, (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => (text += chunk.toString()))
          response.on('error', fail)
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, failure: null }),
          )
        })
        sent.on('error', fail)
        sent.end(query === undefined ? undefined : JSON.stringify({ query }))
      }),
  }
}

/** Sends requests one after the other until `stop`, which resolves to what became of them. */
export function sendConstantly(client: KeepAliveClient): { stop: () => Promise<Outcome[]> } {
  const outcomes: Outcome[] = []
  let isStopped = false
  const run = async () => {
    while (!isStopped) {
      outcomes.push(await client.send({ query: '{ __typename }' }))
      await sleep(5)
    }
    client.close()
    return outcomes
  }
  const done = run()
  return {
    stop: () => {
      isStopped = true
      return done
    },
  }
}

/** A client whose connection belongs to a worker. */
export interface BoundClient extends KeepAliveClient {
  readonly pid: number
}

/** Opens a connection, and finds out which worker has it. */
export async function openBoundClient(gateway: GatewayProcess): Promise<BoundClient> {
  const client = createClient(gateway.address, { keepAlive: true })
  const id = randomUUID()
  await client.send({ query: '{ __typename }', id })
  const line = await awaitEntry(gateway, 'http.request_completed', (entry) => entry['requestId'] === id)
  return { ...client, pid: Number(line['pid']) }
}

/** Opens connections until each of some workers has one, in the order of the ids. */
export async function openBoundClients(
  gateway: GatewayProcess,
  pids: readonly number[],
): Promise<BoundClient[]> {
  const found: BoundClient[] = []
  for (const pid of pids) {
    for (;;) {
      const client = await openBoundClient(gateway)
      if (client.pid === pid) {
        found.push(client)
        break
      }
      client.close()
    }
  }
  return found
}
