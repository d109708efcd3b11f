import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ClientFacts } from '../core/caller.ts'
import { readClientAddress } from './client-address.ts'
import { acceptFormsOnly } from './form-bodies.ts'
import { addRequestFacts } from './request-log.ts'
import { type AuthError, isRefusal } from '../core/errors.ts'

/** Services behind the endpoints for resource servers. */
export interface TokenEndpointOptions {
  readonly isClient: (id: string, secret: string) => boolean
  /** The response body for a token. */
  readonly introspect: (token: string) => Promise<object>
  readonly revoke: (token: string, client: ClientFacts, clientId: string) => Promise<void>
}

/**
 * Error codes of RFC 6749 §5.2 with their status; `temporarily_unavailable` and `server_error` are those of
 * §4.1.2.1.
 */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  server_error: 500,
  temporarily_unavailable: 503,
} as const

/** An error with an OAuth code. */
class TokenEndpointError extends Error {
  override readonly name = 'TokenEndpointError'
  readonly code: keyof typeof STATUS

  constructor(code: keyof typeof STATUS) {
    super(code)
    this.code = code
  }
}

/**
 * `POST /introspect` (RFC 7662) and `POST /revoke` (RFC 7009), in a Fastify scope of their own: errors have
 * the OAuth format here only, and duplicate parameters are rejected.
 */
export async function addTokenEndpoints(app: FastifyInstance, options: TokenEndpointOptions): Promise<void> {
  await app.register(async (scope) => {
    acceptFormsOnly(scope)
    scope.setErrorHandler(sendError)
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })
    const serve = (url: string, handle: (asked: TokenRequest, request: FastifyRequest) => Promise<object>) =>
      scope.post(url, async (request) => handle(authenticate(request, options), request))
    serve('/introspect', ({ token }) => options.introspect(token))
    serve('/revoke', async ({ token, clientId }, request) => {
      await options.revoke(token, readClientFacts(request), clientId)
      return {}
    })
  })
}

/** A token and the authenticated client that sent it. */
interface TokenRequest {
  readonly token: string
  readonly clientId: string
}

/** Authenticates the client, then reads the token. */
function authenticate(request: FastifyRequest, { isClient }: TokenEndpointOptions): TokenRequest {
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  const credentials = parseCredentials(request.raw.rawHeaders, form)
  if (!credentials || !isClient(credentials.id, credentials.secret))
    throw new TokenEndpointError('invalid_client')
  readParameter(form, 'token_type_hint')
  const token = readParameter(form, 'token')
  if (token === null) throw new TokenEndpointError('invalid_request')
  return { token, clientId: credentials.id }
}

interface ClientCredentials {
  readonly id: string
  readonly secret: string
}

/**
 * Reads the `Authorization` header or the form (RFC 6749 §2.3.1). Credentials in both are rejected (§2.3).
 */
function parseCredentials(rawHeaders: readonly string[], form: URLSearchParams): ClientCredentials | null {
  const id = readParameter(form, 'client_id')
  const secret = readParameter(form, 'client_secret')
  const headers = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  const [header] = headers
  if (header === undefined) return id === null || secret === null ? null : { id, secret }
  if (secret !== null) throw new TokenEndpointError('invalid_request')
  const basic = headers.length === 1 ? parseBasic(header) : null
  return basic && (id === null || id === basic.id) ? basic : null
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i

function parseBasic(header: string): ClientCredentials | null {
  const [, encoded = ''] = BASIC.exec(header) ?? []
  const text = Buffer.from(encoded, 'base64').toString()
  const cut = text.indexOf(':')
  if (cut < 0) return null
  const id = decodeFormValue(text.slice(0, cut))
  const secret = decodeFormValue(text.slice(cut + 1))
  return id === null || secret === null ? null : { id, secret }
}

/** Decodes one `application/x-www-form-urlencoded` value (RFC 6749 appendix B); null if it is malformed. */
function decodeFormValue(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** Null if the parameter is absent or empty. A duplicate is an error (RFC 6749 §3.2). */
function readParameter(form: URLSearchParams, name: string): string | null {
  const values = form.getAll(name)
  if (values.length > 1) throw new TokenEndpointError('invalid_request')
  return values[0] || null
}

/** For the audit log: the requesting service is the client. */
function readClientFacts(request: FastifyRequest): ClientFacts {
  const ipAddress = readClientAddress(request) ?? null
  return {
    ipAddress,
    userAgent: null,
    acceptLanguage: null,
    deviceToken: null,
    registrationToken: null,
    requestId: request.id,
  }
}

type Failure = FastifyError | TokenEndpointError | AuthError

function sendError(error: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, status } = classify(error)
  addRequestFacts(request, { codes: [code] })
  if (status === 500) request.log.error({ event: 'http.request_failed', err: error }, 'request failed')
  if (status === 401) reply.header('www-authenticate', 'Basic realm="introspection"')
  if (status === 503) reply.header('retry-after', '1')
  return reply.code(status).send({ error: code })
}

/** Client errors keep their status (413, 415 …); server errors become 503 or 500. */
function classify(error: Failure): { readonly code: keyof typeof STATUS; readonly status: number } {
  if (error instanceof TokenEndpointError) return { code: error.code, status: STATUS[error.code] }
  if (isRefusal(error, 'SERVICE_UNAVAILABLE'))
    return { code: 'temporarily_unavailable', status: STATUS.temporarily_unavailable }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  return status < 500 ? { code: 'invalid_request', status } : { code: 'server_error', status: 500 }
}
