import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Language } from '../locales/languages.ts'
import { buildErrorBody, type ErrorStatus } from './http-error.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** The status for each error code of the HTTP parser; 400 for all others. */
const PARSER_ERRORS: Readonly<Record<string, ErrorStatus>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/**
 * Answers connections whose bytes are not a valid HTTP request, exceed a limit or arrive too slowly, and
 * closes them. There is no request to read a language from, so the default language applies.
 */
export function createClientErrorHandler(language: Language) {
  return (error: Error & { code: string }, socket: Socket): void => {
    if (!socket.writable) return void socket.destroy()
    const status = PARSER_ERRORS[error.code] ?? 400
    socket.end(renderResponse(status, language), () => socket.destroy())
  }
}

/** A whole HTTP response as text. */
function renderResponse(status: ErrorStatus, language: Language): string {
  const body = JSON.stringify(buildErrorBody(status, language))
  const headers = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    connection: 'close',
    'content-language': language.tag,
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/json; charset=utf-8',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`
}
