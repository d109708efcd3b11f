/** The values of one log entry by name. */
type Entry = Readonly<Record<string, unknown>>

/** Version of the Elastic Common Schema whose names and types are used. */
const ECS_VERSION = '8.11.0'
/** `service.name`, and the first part of `event.dataset`. */
const SERVICE = 'graphql-auth-gateway'
/** Prefix of values that the schema has no field for; it reserves no name for them. */
const OWN_PREFIX = 'gateway.'
const NANOSECONDS_PER_MS = 1_000_000

/** Names of entries, and the fields of the Elastic Common Schema that hold the same value. */
export const ECS_NAMES = {
  time: '@timestamp',
  level: 'log.level',
  msg: 'message',
  event: 'event.action',
  reason: 'event.reason',
  requestId: 'http.request.id',
  method: 'http.request.method',
  status: 'http.response.status_code',
  traceId: 'trace.id',
  spanId: 'span.id',
  userId: 'user.id',
  ipAddress: 'client.address',
  errorId: 'error.id',
} as const satisfies Record<string, string>

const FIELDS: ReadonlyMap<string, string> = new Map(Object.entries(ECS_NAMES))

/**
 * An entry under the names of the Elastic Common Schema, in the order that its logging libraries have. Values
 * without a field of the schema are named `gateway.*`. The entry must have been redacted: redaction knows the
 * names of this program only.
 */
export function renameToEcs(entry: Entry): Entry {
  const { time, level, msg, ...facts } = entry
  const own = {
    [ECS_NAMES.time]: time,
    [ECS_NAMES.level]: level,
    [ECS_NAMES.msg]: msg,
    'ecs.version': ECS_VERSION,
    'service.name': SERVICE,
  }
  return Object.assign(own, ...Object.entries(facts).map(([name, value]) => renameFact(name, value))) as Entry
}

function renameFact(name: string, value: unknown): Entry {
  if (name === 'log') return { 'event.dataset': `${SERVICE}.${String(value)}` }
  if (name === 'ms' && typeof value === 'number')
    return { 'event.duration': Math.round(value * NANOSECONDS_PER_MS) }
  if (name === 'err' && isEntry(value)) return renameError(value)
  return { [FIELDS.get(name) ?? toOwnName(name)]: value }
}

/** An error as the log describes it. The schema has no causes. */
function renameError({ type, reason, message, stack, cause }: Entry): Entry {
  return {
    'error.type': type,
    'error.message': message,
    'error.code': reason,
    'error.stack_trace': Array.isArray(stack) ? stack.join('\n') : undefined,
    [toOwnName('errorCause')]: cause,
  }
}

/** `sampleRate` becomes `gateway.sample_rate`: names of the schema have no capital letters. */
function toOwnName(name: string): string {
  return `${OWN_PREFIX}${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
