import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, ClientFacts, Credentials } from '../core/caller.ts'
import type { Languages } from '../locales/languages.ts'
import type { TrustedOrigins } from '../core/origins.ts'
import { createContext, type Context } from '../graphql/context.ts'
import { createResponseLanguage } from '../graphql/response-language.ts'
import { readClientAddress } from './client-address.ts'
import { isLocalRequest, type DevMailboxOptions } from './dev-mailbox-page.ts'
import type { RequestBatcher } from './request-batcher.ts'
import { addRequestFacts } from './request-log.ts'

/** Dependencies of a request's context. */
export interface RequestContextOptions {
  readonly identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>
  /** Creates the rate limits of fields for one request. */
  readonly newFieldLimits: () => Context['fieldLimits']
  /** Origins of pages that may use cookies. */
  readonly trustedOrigins: TrustedOrigins
  /** Whether refresh tokens are sent in a cookie. */
  readonly cookies: boolean
  /** Languages of responses. */
  readonly languages: Languages
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
  const { identify, newFieldLimits, languages, devMailbox } = options
  const facts = readRequestFacts(request, reply, options)
  await batcher.nextBatch()
  const context = await createContext(facts, identify, {
    fieldLimits: newFieldLimits(),
    responseLanguage: createResponseLanguage(facts.acceptLanguage, languages),
    log: request.log,
    logOperation: (operation) => addRequestFacts(request, operation),
    isDeveloper: () => devMailbox !== null && (devMailbox.allowRemote || isLocalRequest(request)),
  })
  const { caller } = context
  if (caller.kind === 'signed-in')
    addRequestFacts(request, { userId: caller.userId, sessionId: caller.sessionId })
  if (caller.kind === 'program')
    addRequestFacts(request, { userId: caller.userId, apiKeyId: caller.apiKeyId })
  return context
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
    isAborted: () => reply.sent || reply.raw.destroyed,
  }
}
