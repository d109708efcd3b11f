import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ClientFacts } from '../core/caller.ts'
import { type AuthError, isRefusal } from '../core/errors.ts'

/** What the endpoints for other services need. */
export interface TokenEndpointOptions {
  readonly isClient: (id: string, secret: string) => boolean
  /** What is said of a token: the answer's body. */
  readonly introspect: (token: string) => Promise<object>
  readonly revoke: (token: string, client: ClientFacts, clientId: string) => Promise<void>
}

/** Error codes of RFC 6749 §5.2 with their status; `temporarily_unavailable` and `server_error` are borrowed from its §4.1.2.1. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  server_error: 500,
  temporarily_unavailable: 503,
} as const

/** A refusal in the words of OAuth. */
class TokenEndpointError extends Error {
  override readonly name = 'TokenEndpointError'
  readonly code: keyof typeof STATUS

  constructor(code: keyof typeof STATUS) {
    super(code)
    this.code = code
  }
}

/**
 * `POST /introspect` (RFC 7662) and `POST /revoke` (RFC 7009). In a room of their own: only here is a form read, so that no
 * form on another site can reach `/graphql`, and only here do errors have the shape of OAuth.
 */
export async function addTokenEndpoints(app: FastifyInstance, options: TokenEndpointOptions): Promise<void> {
  await app.register(async (room) => {
    room.removeAllContentTypeParsers()
    room.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, new URLSearchParams(body.toString())),
    )
    room.setErrorHandler(refuse)
    room.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    const answer = (url: string, work: (asked: Asked, request: FastifyRequest) => Promise<object>) =>
      room.post(url, async (request) => work(askedBy(request, options), request))
    answer('/introspect', ({ token }) => options.introspect(token))
    answer('/revoke', async ({ token, clientId }, request) => {
      await options.revoke(token, clientFacts(request), clientId)
      return {}
    })
  })
}

/** What a service asks about, and which service it is. */
interface Asked {
  readonly token: string
  readonly clientId: string
}

/** The token that a service with the right secret has sent. Who asks is settled before what is asked. */
function askedBy(request: FastifyRequest, { isClient }: TokenEndpointOptions): Asked {
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
  const credentials = parseCredentials(request.raw.rawHeaders, form)
  if (!credentials || !isClient(credentials.id, credentials.secret))
    throw new TokenEndpointError('invalid_client')
  parameter(form, 'token_type_hint')
  const token = parameter(form, 'token')
  if (token === null) throw new TokenEndpointError('invalid_request')
  return { token, clientId: credentials.id }
}

interface ClientCredentials {
  readonly id: string
  readonly secret: string
}

/** From the one `Authorization` header or from the form (RFC 6749 §2.3.1); a secret in both places is one too many (§2.3). */
function parseCredentials(rawHeaders: readonly string[], form: URLSearchParams): ClientCredentials | null {
  const id = parameter(form, 'client_id')
  const secret = parameter(form, 'client_secret')
  const headers = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  const [header] = headers
  if (header === undefined) return id === null || secret === null ? null : { id, secret }
  if (secret !== null) throw new TokenEndpointError('invalid_request')
  const basic = headers.length === 1 ? readBasic(header) : null
  return basic && (id === null || id === basic.id) ? basic : null
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i

function readBasic(header: string): ClientCredentials | null {
  const [, encoded = ''] = BASIC.exec(header) ?? []
  const text = Buffer.from(encoded, 'base64').toString()
  const cut = text.indexOf(':')
  if (cut < 0) return null
  const id = formDecode(text.slice(0, cut))
  const secret = formDecode(text.slice(cut + 1))
  return id === null || secret === null ? null : { id, secret }
}

/** `application/x-www-form-urlencoded` of one value (RFC 6749 appendix B); null where it is not well-formed. */
function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** Null where the parameter is absent or empty; given twice it is refused (RFC 6749 §3.2). */
function parameter(form: URLSearchParams, name: string): string | null {
  const values = form.getAll(name)
  if (values.length > 1) throw new TokenEndpointError('invalid_request')
  return values[0] || null
}

/** For the audit: the service that asked is the peer. */
function clientFacts({ ip, id }: FastifyRequest): ClientFacts {
  return { ipAddress: ip, userAgent: null, acceptLanguage: null, deviceToken: null, requestId: id }
}

type Failure = FastifyError | TokenEndpointError | AuthError

function refuse(error: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, status } = judge(error)
  if (status === 500) request.log.error({ err: error }, 'a request failed')
  if (status === 401) reply.header('www-authenticate', 'Basic realm="introspection"')
  if (status === 503) reply.header('retry-after', '1')
  return reply.code(status).send({ error: code })
}

/** What is wrong with the request keeps its status (413, 415 …); what is wrong with us is 503 or 500. */
function judge(error: Failure): { readonly code: keyof typeof STATUS; readonly status: number } {
  if (error instanceof TokenEndpointError) return { code: error.code, status: STATUS[error.code] }
  if (isRefusal(error, 'SERVICE_UNAVAILABLE'))
    return { code: 'temporarily_unavailable', status: STATUS.temporarily_unavailable }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  return status < 500 ? { code: 'invalid_request', status } : { code: 'server_error', status: 500 }
}
