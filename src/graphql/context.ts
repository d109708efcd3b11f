import {
  bodyTransport,
  cookieTransport,
  type CookieExchange,
  type RefreshTransport,
} from './cookies/refresh-transport.ts'
import { deviceTokenIn } from './cookies/device-cookie.ts'
import type { FieldLimits } from './guards/rate-limit.ts'
import type { ResponseLanguage } from './response-language.ts'
import { AuthError } from '../core/errors.ts'
import type { Caller, ClientFacts, Credentials, SignedInCaller } from '../core/caller.ts'

/** What resolvers of one request share: who is calling. */
export interface Context {
  readonly caller: Caller
  readonly refreshTransport: RefreshTransport
  readonly fieldLimits: FieldLimits
  readonly responseLanguage: ResponseLanguage
  /** Whether the caller may see what a development server is about. */
  readonly isDeveloper: () => boolean
  /** News of the caller's own session, on a socket; throws `FORBIDDEN` elsewhere. See `SessionEvent` of the schema. */
  readonly watchSession: (caller: SignedInCaller) => AsyncIterable<object>
  /** Nobody waits for the answer any more: what has not begun need not begin. */
  readonly isGivenUp: () => boolean
}

/** The part of a request that says who calls. */
export interface RequestFacts {
  /** `IncomingMessage.rawHeaders`: names and values in turn, repeated headers kept apart. */
  readonly rawHeaders: readonly string[]
  readonly userAgent: string | undefined
  readonly acceptLanguage: string | undefined
  readonly ipAddress: string | undefined
  readonly requestId: string
  readonly cookies: CookieExchange
  /** Whether refresh tokens ride in a cookie. */
  readonly refreshInCookie: boolean
  readonly isGivenUp: () => boolean
}

/** The same for a socket, which has no answer to set a cookie in. */
type SocketFacts = Omit<RequestFacts, 'rawHeaders' | 'cookies' | 'refreshInCookie' | 'isGivenUp'>

const BEARER = /^bearer ([^ ]+)$/i

/** The context of a request: the only place that reads `Authorization`. */
export async function createContext(
  request: RequestFacts,
  identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>,
  own: Pick<Context, 'fieldLimits' | 'isDeveloper' | 'responseLanguage'>,
): Promise<Context> {
  const { cookies } = request
  return {
    caller: await identify(
      parseCredentials(request.rawHeaders),
      toClientFacts(request, deviceTokenIn(cookies.header)),
    ),
    ...own,
    refreshTransport: request.refreshInCookie ? cookieTransport(cookies) : bodyTransport(cookies.set),
    watchSession: () => {
      throw new AuthError('FORBIDDEN')
    },
    isGivenUp: request.isGivenUp,
  }
}

/** The context of a socket, whose caller was told when it opened; `params`: the payload of its `connection_init`. */
export async function createSocketContext(
  params: unknown,
  request: SocketFacts,
  identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>,
  own: Pick<Context, 'fieldLimits' | 'responseLanguage' | 'watchSession'>,
): Promise<Context> {
  const headers = typeof params === 'object' && params !== null ? Object.entries(params).flat() : []
  const rawHeaders = headers.map((value) => (typeof value === 'string' ? value : ''))
  const caller = await identify(parseCredentials(rawHeaders), toClientFacts(request, null))
  const refreshTransport = bodyTransport(() => undefined)
  return { caller, refreshTransport, isDeveloper: () => false, isGivenUp: () => false, ...own }
}

function toClientFacts(
  { ipAddress, userAgent, acceptLanguage, requestId }: SocketFacts,
  deviceToken: string | null,
): ClientFacts {
  return {
    ipAddress: ipAddress ?? null,
    userAgent: userAgent?.slice(0, 256).toWellFormed() ?? null,
    acceptLanguage: acceptLanguage?.slice(0, 256) ?? null,
    deviceToken,
    requestId,
  }
}

/** One header is honoured (RFC 6750 §2.1); two, or another scheme, are refused rather than guessed at. Tokens in a query or body are ignored. */
function parseCredentials(rawHeaders: readonly string[]): Credentials {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  const [value] = values
  if (value === undefined) return { kind: 'none' }
  const [, token] = BEARER.exec(value.trim()) ?? []
  return values.length === 1 && token !== undefined ? { kind: 'bearer', token } : { kind: 'unreadable' }
}
