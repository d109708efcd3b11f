import { pino, type DestinationStream, type Logger } from 'pino'

/** Names whose values never reach the log, wherever an object carries them. */
const SECRET_NAMES = [
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
/** Longest error text that is logged, in characters. */
const MAX_TEXT = 500
/** Longest name or code of an error that is logged, in characters. */
const MAX_NAME = 64
/**
 * What JSON leaves as it is, and terminals or viewers of logs obey or break lines at: DEL and the controls of ISO 6429, the line and
 * paragraph separators, marks that turn the direction of text.
 */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * The log: one JSON object a line, on standard output unless another destination is given. Errors are cut down to name, code,
 * message and stack of each cause: the errors of database drivers carry statements and parameters, which hold what people
 * typed.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError },
    hooks: { streamWrite: escapeUnprintable },
  }
  return destination ? pino(options, destination) : pino(options)
}

function escapeUnprintable(line: string): string {
  return line.replace(UNPRINTABLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What the log says of an error and its causes, five deep at most. */
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
  return { type: error.name.slice(0, MAX_NAME), ...code, message: sentenceOf(error), stack, ...cause }
}

/** Prisma's messages quote the call, its arguments included; only their last line says what went wrong. */
function sentenceOf(error: Error): string {
  const text = error.name.startsWith('Prisma')
    ? (error.message.trim().split('\n').at(-1) ?? '')
    : error.message
  return text.slice(0, MAX_TEXT)
}
