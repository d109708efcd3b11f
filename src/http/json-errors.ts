import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SECURITY_HEADERS } from './security-headers.ts'

/** What is said of a request that never became GraphQL, by status. */
const SENTENCES = {
  400: ['BAD_REQUEST', 'The request is not well-formed.'],
  403: ['HTTPS_REQUIRED', 'Send the request over HTTPS.'],
  404: ['NOT_FOUND', 'There is nothing at this address.'],
  405: ['METHOD_NOT_ALLOWED', 'This address does not answer to this method.'],
  408: ['REQUEST_TIMEOUT', 'The request took too long to arrive.'],
  413: ['PAYLOAD_TOO_LARGE', 'The request body is too large.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json in UTF-8, without an encoding.'],
  431: ['HEADERS_TOO_LARGE', 'The address and the headers are too large.'],
  500: ['INTERNAL_SERVER_ERROR', 'Something went wrong on our side.'],
  503: ['SERVICE_UNAVAILABLE', 'The service cannot answer right now. Try again shortly.'],
} as const satisfies Readonly<Record<number, readonly [code: string, message: string]>>

type KnownStatus = keyof typeof SENTENCES

/** A request that is refused for what it is, before anybody reads what it says. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly statusCode: KnownStatus

  constructor(statusCode: KnownStatus) {
    super(SENTENCES[statusCode][0])
    this.statusCode = statusCode
  }
}

/** Every failure outside GraphQL is JSON in the shape of a GraphQL error, with no word of what was sent or what broke. */
export function addJsonErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(async () => {
    throw new RequestRefused(404)
  })
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'a request failed')
    if (status === 503) reply.header('retry-after', '1')
    return reply.code(status).header('cache-control', 'no-store').send(bodyOf(status, request.id))
  })
}

/** Addresses that do not decode (`/%`), which no hook sees. */
export function answerBadUrl(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .code(400)
    .headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store' })
    .send(bodyOf(400, request.id))
}

/** How Node.js names what it could not take. */
const BROKEN: Readonly<Record<string, KnownStatus>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** The last words on a connection that carries no HTTP, too much of it, or too little for too long. */
export function answerBrokenRequest(error: Error & { code: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const status = BROKEN[error.code] ?? 400
  const body = JSON.stringify(bodyOf(status))
  const headers = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/json; charset=utf-8',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
  socket.end(head + body, () => socket.destroy())
}

/** A refusal as text, with more facts in its extensions. */
export function refusalText(status: KnownStatus, facts: object): string {
  const { errors } = bodyOf(status)
  return JSON.stringify({
    errors: errors.map((error) => ({ ...error, extensions: { ...error.extensions, ...facts } })),
  })
}

function bodyOf(status: number, errorId?: string) {
  const [code, message] = SENTENCES[isKnown(status) ? status : status < 500 ? 400 : 500]
  return {
    errors: [
      { message, extensions: { code, messageKey: code, ...(status >= 500 && errorId ? { errorId } : {}) } },
    ],
  }
}

function isKnown(status: number): status is KnownStatus {
  return status in SENTENCES
}
