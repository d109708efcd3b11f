import { pino, type DestinationStream, type Logger } from 'pino'

/** Property names whose values are redacted, at the top level of an entry and one level below. */
const REDACTED_NAMES: readonly string[] = [
  'authorization',
  'cookie',
  'password',
  'passwordHash',
  'code',
  'otpCode',
  'accessToken',
  'refreshToken',
  'token',
  'variables',
  'args',
]
/** Between `warn` (40) and `error` (50) of pino: `LOG_LEVEL=warn` writes security events. */
const AUDIT_LEVEL = 45
/** `event` of entries that a library writes. */
export const LIBRARY_EVENT = 'library.message'
/** Longest message or stack line of an error, in characters. */
const MAX_TEXT = 500
/** Longest name or code of an error, in characters. */
const MAX_NAME = 64
/**
 * Characters that JSON does not escape but terminals and log viewers interpret: DEL and the C1 controls of
 * ISO 6429, line and paragraph separators, bidirectional controls.
 */
const CONTROLS = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * The log: one JSON object per line, on standard output unless `destination` is given. Errors are reduced to
 * name, code, message and stack of each cause, because errors of database drivers contain statements and
 * their parameters.
 */
export function createLog(level: string, destination?: DestinationStream): Logger<'audit'> {
  const options = {
    level,
    customLevels: { audit: AUDIT_LEVEL },
    formatters: { level: (label: string) => ({ level: label }) },
    // Text that Fastify and Apollo Server log without facts.
    mixin: (facts: object) => ('event' in facts ? {} : { event: LIBRARY_EVENT }),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError },
    hooks: { streamWrite: escapeControls },
  }
  return destination ? pino(options, destination) : pino(options)
}

function escapeControls(line: string): string {
  return line.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The loggable parts of an error and of up to five nested causes. */
export function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const code =
    'code' in error && typeof error.code === 'string' ? { reason: error.code.slice(0, MAX_NAME) } : {}
  const cause = error.cause !== undefined && depth < 5 ? { cause: describeError(error.cause, depth + 1) } : {}
  const stack = error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 12)
    .map((line) => line.slice(0, MAX_TEXT))
  return { type: error.name.slice(0, MAX_NAME), ...code, message: readMessage(error), stack, ...cause }
}

/**
 * The message; of Prisma's errors the last line only, because the others quote the call with its arguments.
 */
function readMessage(error: Error): string {
  const text = error.name.startsWith('Prisma')
    ? (error.message.trim().split('\n').at(-1) ?? '')
    : error.message
  return text.slice(0, MAX_TEXT)
}
