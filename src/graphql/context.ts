import type { DocumentNode } from 'graphql'
import { AuthError } from '../core/errors.ts'
import type { Caller, ClientFacts, Credentials, SignedInCaller } from '../core/caller.ts'
import { readDeviceToken } from './cookies/device-cookie.ts'
import { readRegistrationToken } from './cookies/registration-cookie.ts'
import {
  createBodyTransport,
  createCookieTransport,
  type CookieExchange,
  type RefreshTransport,
} from './cookies/refresh-transport.ts'
import type { Logger } from '../ports/logger.ts'
import type { FieldLimits } from './guards/rate-limit.ts'
import type { ResponseLanguage } from './response-language.ts'

/** What the log says about an operation. */
export interface OperationFacts {
  /** Name in the document, at most 64 characters; null for an anonymous operation. */
  readonly operation: string | null
  /** Error codes of the response, at most five; absent without errors. */
  readonly codes?: readonly string[]
  /** Ids of masked errors; absent without any. */
  readonly errorIds?: readonly string[]
}

/** A subscription that has passed every check of a request. */
export interface CheckedSubscription {
  readonly document: DocumentNode
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>>
}

/** What the resolvers of one request share. */
export interface Context {
  readonly caller: Caller
  readonly refreshTransport: RefreshTransport
  readonly fieldLimits: FieldLimits
  readonly responseLanguage: ResponseLanguage
  /** The log, whose lines have the id of the request. */
  readonly log: Logger
  /** Adds facts to the line of the request in the log. */
  readonly logOperation: (facts: OperationFacts) => void
  /** Whether the caller can see the development mailbox. */
  readonly isDeveloper: () => boolean
  /**
   * Takes a subscription, to execute it on an event stream. Null if the request accepts no event stream:
   * subscriptions are rejected then.
   */
  readonly takeSubscription: ((subscription: CheckedSubscription) => void) | null
  /**
   * Events of the caller's own session, on a socket or an event stream; see `SessionEvent` of the schema.
   * Throws `FORBIDDEN` elsewhere.
   */
  readonly watchSession: (caller: SignedInCaller) => AsyncIterable<object>
  /** Whether the client has disconnected or the deadline has passed; no further resolver starts then. */
  readonly isAborted: () => boolean
}

/** The parts of an HTTP request that a context is created from. */
export interface RequestFacts {
  /** `IncomingMessage.rawHeaders`: names and values alternate, and repeated headers are not joined. */
  readonly rawHeaders: readonly string[]
  readonly userAgent: string | undefined
  readonly acceptLanguage: string | undefined
  readonly ipAddress: string | undefined
  readonly requestId: string
  readonly cookies: CookieExchange
  /** Whether refresh tokens are in a cookie. */
  readonly refreshInCookie: boolean
  readonly isAborted: () => boolean
}

/** The same for a socket, which has no response that could set a cookie. */
type SocketFacts = Omit<RequestFacts, 'rawHeaders' | 'cookies' | 'refreshInCookie' | 'isAborted'>

/** Creates the context of an HTTP request. Only this file reads `Authorization`. */
export async function createContext(
  request: RequestFacts,
  identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>,
  own: Pick<Context, 'fieldLimits' | 'isDeveloper' | 'log' | 'logOperation' | 'responseLanguage'>,
): Promise<Context> {
  const { cookies } = request
  return {
    caller: await identify(
      parseCredentials(request.rawHeaders),
      toClientFacts(request, readDeviceToken(cookies.header), readRegistrationToken(cookies.header)),
    ),
    ...own,
    refreshTransport: request.refreshInCookie
      ? createCookieTransport(cookies)
      : createBodyTransport(cookies.set),
    takeSubscription: null,
    watchSession: () => {
      throw new AuthError('FORBIDDEN')
    },
    isAborted: request.isAborted,
  }
}

/**
 * Creates the context of a socket, whose caller is identified when it opens. `params`: payload of
 * `connection_init`.
 */
export async function createSocketContext(
  params: unknown,
  request: SocketFacts,
  identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>,
  own: Pick<Context, 'fieldLimits' | 'log' | 'responseLanguage' | 'watchSession'>,
): Promise<Context> {
  const headers = typeof params === 'object' && params !== null ? Object.entries(params).flat() : []
  const rawHeaders = headers.map((value) => (typeof value === 'string' ? value : ''))
  const caller = await identify(parseCredentials(rawHeaders), toClientFacts(request, null, null))
  const refreshTransport = createBodyTransport(() => undefined)
  const unused = {
    isDeveloper: () => false,
    isAborted: () => false,
    logOperation: () => undefined,
    takeSubscription: null,
  }
  return { caller, refreshTransport, ...unused, ...own }
}

function toClientFacts(
  { ipAddress, userAgent, acceptLanguage, requestId }: SocketFacts,
  deviceToken: string | null,
  registrationToken: string | null,
): ClientFacts {
  return {
    ipAddress: ipAddress ?? null,
    userAgent: userAgent?.slice(0, 256).toWellFormed() ?? null,
    acceptLanguage: acceptLanguage?.slice(0, 256) ?? null,
    deviceToken,
    registrationToken,
    requestId,
  }
}

/**
 * Accepts one `Authorization` header with a bearer token (RFC 6750 §2.1). Two headers, or another scheme, are
 * unreadable rather than guessed at. Tokens in a query or body are ignored.
 */
function parseCredentials(rawHeaders: readonly string[]): Credentials {
  const values: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    if (isAuthorization(rawHeaders[index])) values.push(rawHeaders[index + 1] ?? '')
  const [value] = values
  if (value === undefined) return { kind: 'none' }
  const [scheme = '', token, ...others] = value.trim().split(' ')
  const isBearer = values.length === 1 && scheme.toLowerCase() === 'bearer' && others.length === 0
  return isBearer && token ? { kind: 'bearer', token } : { kind: 'unreadable' }
}

/** Compares the length first, which few other names have: names are in any case. */
function isAuthorization(name: string | undefined): boolean {
  return name?.length === 'authorization'.length && name.toLowerCase() === 'authorization'
}
