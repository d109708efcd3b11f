import type { Dialect } from '../adapters/database/database.ts'
import type { Channel } from '../core/channel.ts'
import type { MessageTransport } from '../ports/message-transport.ts'
import type { PasswordHashing } from '../ports/password-hasher.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { SpanFacts, Tracing } from '../ports/tracing.ts'

// Each function returns the port itself where no spans are recorded.

type Method = (...args: readonly unknown[]) => Promise<unknown>

/** The methods of a port that return promises. */
type AsyncMethods<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...args: never[]) => Promise<unknown> ? Name : never
}[keyof Port] &
  string

const STORE_VERBS: readonly AsyncMethods<StateStore>[] = [
  ...(['get', 'set', 'compareAndSet', 'take', 'increment', 'reserve', 'delete', 'ping'] as const),
]

/** The methods of a port that are listed, each of which runs in a span. */
function traceMethods<Port extends object>(
  port: Port,
  names: readonly AsyncMethods<Port>[],
  toFacts: (name: string) => SpanFacts,
  tracing: Tracing,
): Port {
  const methods = port as Readonly<Record<string, Method>>
  const traced = names.map((name) => {
    const facts = toFacts(name)
    const call: Method = (...args) =>
      tracing.run(
        facts,
        () => methods[name]?.(...args) ?? Promise.reject(new Error(`the port has no ${name}`)),
      )
    return [name, call] as const
  })
  return Object.fromEntries(traced) as Port
}

/** Spans of the state store: its verb, never a key or a value. `system`: as semantic conventions name it. */
export function traceStateStore(store: StateStore, system: string, tracing: Tracing): StateStore {
  if (!tracing.enabled) return store
  const toFacts = (verb: string): SpanFacts => ({
    name: `store.${verb}`,
    kind: 'client',
    attributes: { 'db.system.name': system, 'db.operation.name': verb },
  })
  return {
    ...traceMethods(store, STORE_VERBS, toFacts, tracing),
    close: () => store.close(),
  }
}

/** Adds spans to a repository, under the name that its spans begin with. */
export type TraceRepository = <Port extends object>(name: string, repository: Port) => Port

/**
 * Returns the function that adds spans to a repository: one for each unit of work, which is one statement or
 * one transaction, and which includes the wait for a connection. Its name is that of the method; statements
 * and parameters are left out.
 */
export function createRepositoryTracer(dialect: Dialect, tracing: Tracing): TraceRepository {
  return (name, repository) => {
    if (!tracing.enabled) return repository
    const toFacts = (method: string): SpanFacts => ({
      name: `${name}.${method}`,
      kind: 'client',
      attributes: { 'db.system.name': dialect, 'db.operation.name': `${name}.${method}` },
    })
    // A repository is an object of functions, which all return promises.
    const names = Object.keys(repository) as AsyncMethods<typeof repository>[]
    return traceMethods(repository, names, toFacts, tracing)
  }
}

/** Spans of the hashes of passwords, which take most of the time of a sign-in. */
export function tracePasswordHashing(hashing: PasswordHashing, tracing: Tracing): PasswordHashing {
  if (!tracing.enabled) return hashing
  const toFacts = (name: string): SpanFacts => ({
    name: `password.${name}`,
    kind: 'internal',
    attributes: {},
  })
  return {
    isCurrent: (stored) => hashing.isCurrent(stored),
    reserve: (work) =>
      hashing.reserve((hasher) => work(traceMethods(hasher, ['hash', 'matches'], toFacts, tracing))),
  }
}

/** What a span says of a transport. `url`: null where nothing is sent to a server. */
export interface TransportFacts {
  readonly channel: Channel
  readonly url: string | null
}

/**
 * Spans of messages to providers: the host, never an address of a user, a message, or the path and query of a
 * URL, which can hold accounts and keys.
 */
export function traceTransport<Message>(
  transport: MessageTransport<Message>,
  { channel, url }: TransportFacts,
  tracing: Tracing,
): MessageTransport<Message> {
  if (!tracing.enabled) return transport
  const facts: SpanFacts = {
    name: `send ${channel}`,
    kind: 'client',
    attributes: {
      'gateway.message.channel': channel,
      'gateway.message.transport': transport.name,
      ...(url !== null && describeServer(url)),
    },
  }
  return {
    name: transport.name,
    send: (message, signal) =>
      tracing.run(facts, async () => {
        const result = await transport.send(message, signal)
        tracing.describe({ attributes: { 'gateway.message.result': result } })
        return result
      }),
    close: () => transport.close(),
  }
}

function describeServer(url: string): Readonly<Record<string, string | number>> {
  const { protocol, hostname, port } = new URL(url)
  const isHttp = /^https?:$/.test(protocol)
  return {
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { 'server.port': Number(port) }),
    ...(isHttp && { 'http.request.method': 'POST' }),
  }
}
