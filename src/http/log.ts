import { pino, type ChildLoggerOptions, type DestinationStream, type Logger } from 'pino'
import { renameToEcs } from '../core/ecs.ts'
import { selectLogStream, type LogStream } from '../core/log-streams.ts'

/** Properties whose values are redacted, at the top level of an entry and one level below. */
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
/** What is written instead of a redacted value. */
const CENSOR = '[redacted]'
/** File descriptor of standard output. */
const STANDARD_OUTPUT = 1
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

/** How and where the log is written. */
export interface LogOptions {
  /** Names of the values: ours, or those of the Elastic Common Schema. Default: `plain`. */
  readonly format?: 'plain' | 'ecs'
  /** Receives each line after `destination`, with the stream of its entry. It must not throw. */
  readonly writeToFile?: (stream: LogStream, line: string) => void
}

/**
 * The log: one JSON object per line, on standard output unless `destination` is given. `log` is the stream of
 * the entry. Errors are reduced to name, code, message and stack of each cause, because errors of database
 * drivers contain statements and their parameters.
 */
export function createLog(
  level: string,
  destination?: DestinationStream,
  { format = 'plain', writeToFile }: LogOptions = {},
): Logger<'audit'> {
  const options = {
    level,
    customLevels: { audit: AUDIT_LEVEL },
    formatters: { level: (label: string) => ({ level: label }), log: redactMembers },
    mixin: classifyEntry,
    // `log` cannot be replaced by a fact of the same name.
    mixinMergeStrategy: (facts: object, added: object): object => Object.assign({}, added, facts, added),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...REDACTED_NAMES], censor: CENSOR },
    serializers: { err: describeError },
    hooks: { streamWrite: format === 'ecs' ? formatEcsLine : escapeControls },
  }
  if (!writeToFile) return redactChildren(pino(options, destination))
  return redactChildren(
    pino(options, addFiles(destination ?? pino.destination(STANDARD_OUTPUT), writeToFile)),
  )
}

/** Redacts the objects in the facts of children, which pino writes without the formatter of entries. */
function redactChildren(log: Logger<'audit'>): Logger<'audit'> {
  const createChild = Reflect.get(log, 'child') as (...args: never) => unknown
  return Object.assign(log, {
    // pino's children inherit this method.
    child(this: object, facts: Record<string, unknown>, options?: ChildLoggerOptions) {
      return Reflect.apply(createChild, this, [redactMembers(facts), options] as never) as unknown
    },
  })
}

/**
 * Redacts the properties of the objects in an entry; pino redacts those of the entry itself. Not by paths
 * such as `*.token`: pino then runs a redactor for every value, also for texts and numbers, and a line takes
 * eight times as long. `err` has a serializer, which writes none of these properties.
 */
function redactMembers(entry: Record<string, unknown>): Record<string, unknown> {
  const redacted: Record<string, unknown> = {}
  for (const name of Object.keys(entry)) {
    const value = entry[name]
    if (name !== 'err' && typeof value === 'object' && value !== null) redacted[name] = redactNames(value)
  }
  return Object.keys(redacted).length === 0 ? entry : { ...entry, ...redacted }
}

/** Arrays and other objects without these properties are returned as they are, with their `toJSON`. */
function redactNames(value: object): object {
  const found = REDACTED_NAMES.filter((name) => Object.hasOwn(value, name))
  if (found.length === 0) return value
  return { ...value, ...Object.fromEntries(found.map((name) => [name, CENSOR])) }
}

/** The event of text that Fastify and Apollo Server log without facts, and the stream of every entry. */
function classifyEntry(facts: object, level: number, { levels }: Logger<'audit'>): object {
  const event = 'event' in facts ? String(facts.event) : LIBRARY_EVENT
  return { event, log: selectLogStream(event, levels.labels[level] ?? '') }
}

/** Writes each line to the destination and to the file of its stream. */
function addFiles(
  destination: DestinationStream,
  writeToFile: NonNullable<LogOptions['writeToFile']>,
): DestinationStream {
  const split = {
    // pino then assigns the merged facts of each entry before it writes the line.
    [pino.symbols.needsMetadataGsym]: true,
    lastObj: { log: 'api' as LogStream },
    write(line: string) {
      destination.write(line)
      writeToFile(split.lastObj.log, line)
    },
  }
  return split
}

/**
 * A redacted line under the names of the Elastic Common Schema. Not `@elastic/ecs-pino-format`: it renames
 * before pino redacts, so that no redacted name would match, and it knows none of our facts.
 */
export function formatEcsLine(line: string): string {
  const entry = JSON.parse(line) as Readonly<Record<string, unknown>>
  return escapeControls(`${JSON.stringify(renameToEcs(entry))}\n`)
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
