import type { Caller, ClientFacts, Credentials } from '../core/caller.ts'

/** What resolvers of one request share: who is calling. */
export interface Context {
  readonly caller: Caller
}

/** The part of a request that says who calls. */
export interface RequestFacts {
  /** `IncomingMessage.rawHeaders`: names and values in turn, repeated headers kept apart. */
  readonly rawHeaders: readonly string[]
  readonly userAgent: string | undefined
  readonly ipAddress: string | undefined
  readonly requestId: string
}

const BEARER = /^bearer ([^ ]+)$/i

/** The context of a request: the only place that reads `Authorization`. */
export async function createContext(
  request: RequestFacts,
  identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>,
): Promise<Context> {
  const client = {
    ipAddress: request.ipAddress ?? null,
    userAgent: request.userAgent?.slice(0, 256).toWellFormed() ?? null,
    requestId: request.requestId,
  }
  return { caller: await identify(credentialsOf(request.rawHeaders), client) }
}

/** One header is honoured (RFC 6750 §2.1); two, or another scheme, are refused rather than guessed at. Tokens in a query or body are ignored. */
function credentialsOf(rawHeaders: readonly string[]): Credentials {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  const [value] = values
  if (value === undefined) return { kind: 'none' }
  const [, token] = BEARER.exec(value.trim()) ?? []
  return values.length === 1 && token !== undefined ? { kind: 'bearer', token } : { kind: 'unreadable' }
}
