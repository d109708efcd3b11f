import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { chooseLanguage, type Language } from '../core/languages.ts'
import { RESPONSES } from '../locales/index.ts'
import type { ResponseTexts } from '../locales/types.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Codes of requests that never became GraphQL, by status. */
const CODES = {
  400: 'BAD_REQUEST',
  403: 'HTTPS_REQUIRED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Readonly<Record<number, keyof ResponseTexts['http']>>

type KnownStatus = keyof typeof CODES

/** A request that is refused for what it is, before anybody reads what it says. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly statusCode: KnownStatus

  constructor(statusCode: KnownStatus) {
    super(CODES[statusCode])
    this.statusCode = statusCode
  }
}

/** Every failure outside GraphQL is JSON in the shape of a GraphQL error, with no word of what was sent or what broke. */
export function addJsonErrors(app: FastifyInstance, fallback: Language): void {
  app.setNotFoundHandler(async () => {
    throw new RequestRefused(404)
  })
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'a request failed')
    if (status === 503) reply.header('retry-after', '1')
    const language = languageOf(request, fallback)
    return reply
      .code(status)
      .headers({ 'cache-control': 'no-store', 'content-language': language, vary: varyOf(reply) })
      .send(bodyOf(status, language, request.id))
  })
}

/** Addresses that do not decode (`/%`), which no hook sees. */
export function badUrlAnswer(fallback: Language) {
  return (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const language = languageOf(request, fallback)
    void reply
      .code(400)
      .headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store' })
      .headers({ 'content-language': language, vary: varyOf(reply) })
      .send(bodyOf(400, language, request.id))
  }
}

function languageOf({ headers }: FastifyRequest, fallback: Language): Language {
  return chooseLanguage([headers['accept-language'] ?? null], fallback)
}

/** What the answer depends on already, and the language. */
function varyOf(reply: FastifyReply): string {
  const fields = String(reply.getHeader('vary') ?? '')
    .split(',')
    .map((field) => field.trim())
  return [...new Set([...fields, 'Accept-Language'])].filter(Boolean).join(', ')
}

/** How Node.js names what it could not take. */
const BROKEN: Readonly<Record<string, KnownStatus>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** The last words on a connection that carries no HTTP, too much of it, or too little for too long: nobody could say in which language. */
export function brokenRequestAnswer(language: Language) {
  return (error: Error & { code: string }, socket: Socket): void =>
    answerBrokenRequest(error, socket, language)
}

function answerBrokenRequest(error: Error & { code: string }, socket: Socket, language: Language): void {
  if (!socket.writable) return void socket.destroy()
  const status = BROKEN[error.code] ?? 400
  const body = JSON.stringify(bodyOf(status, language))
  const headers = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    connection: 'close',
    'content-language': language,
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/json; charset=utf-8',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
  socket.end(head + body, () => socket.destroy())
}

/** A refusal as text, with more facts in its extensions. */
export function refusalText(status: KnownStatus, language: Language, facts: object): string {
  const { errors } = bodyOf(status, language)
  return JSON.stringify({
    errors: errors.map((error) => ({ ...error, extensions: { ...error.extensions, ...facts } })),
  })
}

function bodyOf(status: number, language: Language, errorId?: string) {
  const code = CODES[isKnown(status) ? status : status < 500 ? 400 : 500]
  const message = RESPONSES[language].http[code]
  return {
    errors: [
      { message, extensions: { code, messageKey: code, ...(status >= 500 && errorId ? { errorId } : {}) } },
    ],
  }
}

function isKnown(status: number): status is KnownStatus {
  return status in CODES
}
