import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, ClientFacts, Credentials } from '../core/caller.ts'
import type { Language } from '../core/languages.ts'
import type { TrustedOrigins } from '../core/origins.ts'
import { createContext, type Context } from '../graphql/context.ts'
import { createResponseLanguage } from '../graphql/response-language.ts'
import { readClientAddress } from './client-address.ts'
import { isLocalRequest, type DevMailboxOptions } from './dev-mailbox-page.ts'
import type { RequestBatcher } from './request-batcher.ts'

/** Dependencies of a request's context. */
export interface RequestContextOptions {
  readonly identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>
  /** Creates the rate limits of fields for one request. */
  readonly newFieldLimits: () => Context['fieldLimits']
  /** Origins of pages that may use cookies. */
  readonly trustedOrigins: TrustedOrigins
  /** Whether refresh tokens are sent in a cookie. */
  readonly cookies: boolean
  /** Language of responses to requests that ask for none that is supported. */
  readonly language: Language
  /** Null if messages cannot be read. */
  readonly devMailbox: DevMailboxOptions | null
}

/** The GraphQL context of an HTTP request, once its batch starts. */
export async function buildRequestContext(
  request: FastifyRequest,
  reply: FastifyReply,
  options: RequestContextOptions,
  batcher: RequestBatcher,
): Promise<Context> {
  const { identify, newFieldLimits, language, devMailbox } = options
  const facts = readRequestFacts(request, reply, options)
  await batcher.nextBatch()
  return createContext(facts, identify, {
    fieldLimits: newFieldLimits(),
    responseLanguage: createResponseLanguage(facts.acceptLanguage, language),
    isDeveloper: () => devMailbox !== null && (devMailbox.allowRemote || isLocalRequest(request)),
  })
}

function readRequestFacts(
  request: FastifyRequest,
  reply: FastifyReply,
  { cookies, trustedOrigins }: RequestContextOptions,
) {
  const { rawHeaders, headers } = request.raw
  return {
    rawHeaders,
    userAgent: request.headers['user-agent'],
    acceptLanguage: request.headers['accept-language'],
    ipAddress: readClientAddress(request),
    requestId: request.id,
    cookies: {
      header: headers.cookie,
      fromTrustedPage: trustedOrigins.includes(headers.origin, headers.host),
      set: (value: string) => void reply.header('set-cookie', value),
    },
    refreshInCookie: cookies,
    // The deadline has passed, or the client has disconnected.
    isGivenUp: () => reply.sent || reply.raw.destroyed,
  }
}
