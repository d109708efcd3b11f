import type { FastifyBaseLogger } from 'fastify'
import { LIBRARY_EVENT, describeError } from '../http/log.ts'
import type { LogFacts, Logger } from '../ports/logger.ts'

type Level = Exclude<keyof Logger, 'audit'>

/** Facts of every entry of a child. */
type Bindings = Readonly<Record<string, unknown>>

/** Turns facts of a known name into what can be logged, such as Fastify's for `req` and `res`. */
type Serializers = Readonly<Record<string, (value: never) => unknown>>

/**
 * The log as Fastify and Apollo Server use it. pino's, and every other that has `child`, is returned as it
 * is. For the `Logger` of an embedding program this adds `child`, calls without facts, and what `createLog`
 * does to errors: they are reduced to name, code, message and stack, because errors of database drivers
 * contain statements and parameters.
 */
export function toFastifyLogger(logger: Logger): FastifyBaseLogger {
  return isFastifyLogger(logger) ? logger : createFastifyLogger(logger, {}, {})
}

function isFastifyLogger(logger: Logger): logger is FastifyBaseLogger {
  return 'child' in logger && 'trace' in logger
}

function createFastifyLogger(
  logger: Logger,
  bindings: Bindings,
  serializers: Serializers,
): FastifyBaseLogger {
  const allSerializers: Serializers = { ...serializers, err: describeError }
  const write = (level: Level) => (first: unknown, second?: unknown) => {
    const { facts, message } = parseEntry(first, second)
    logger[level](serialize({ event: LIBRARY_EVENT, ...bindings, ...facts }, allSerializers), message)
  }
  const own: FastifyBaseLogger = {
    level: 'debug',
    trace: () => undefined,
    silent: () => undefined,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    child: (added, options) =>
      createFastifyLogger(logger, { ...bindings, ...added }, { ...serializers, ...options?.serializers }),
  }
  if (!logger.audit) return own
  const audit = (facts: LogFacts, message: string) => logger.audit?.(facts, message)
  return Object.assign(own, { audit })
}

/** Fastify logs facts and a message, an error and a message, or a message alone. */
function parseEntry(first: unknown, second: unknown): { facts: Bindings; message: string } {
  if (first instanceof Error) return { facts: { err: first }, message: toMessage(second, first.message) }
  if (typeof first === 'object' && first !== null)
    return { facts: first as Bindings, message: toMessage(second, '') }
  return { facts: {}, message: toMessage(first, '') }
}

function toMessage(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}

function serialize(facts: LogFacts, serializers: Serializers): LogFacts {
  const entries = Object.entries(facts).map(([name, value]) => {
    const serializer = serializers[name]
    return [name, serializer ? serializer(value as never) : value]
  })
  return Object.fromEntries(entries) as LogFacts
}
