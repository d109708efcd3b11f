import { createHash } from 'node:crypto'
import { openGrowthDatabase, type GrowthDatabase, type SeededRow } from './growth-database.ts'

// Rows as the gateway writes them, by their number: every run has the same ones, and a database grows by
// adding the next numbers. Ids are spread as random ones are, so that indexes have their usual size.

/** Words that each occur in about 1 % of the posts. */
const VOCABULARY = 5000
/** Words of a post. */
const WORDS = 50
/** Posts that contain `RARE_WORD`: some of the oldest ones, the same at every size. */
const RARE_POSTS = 20
/** Rows of one statement. */
const BATCH = 10_000
const SYLLABLES = 'ba ko du le mi na po ru sa to vi we fo gi he ju ya zu'.split(' ')
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const DAY_MS = 86_400_000

/** A word of a fixed, small number of posts. */
export const RARE_WORD = 'quincunx'
/** A word of no post. */
export const ABSENT_WORD = 'xylophonist'

/** The name of a table that grows. */
export type TableName = 'users' | 'sessions' | 'posts' | 'audit_events'

/** A table that grows. `build`: its row with a number; `newest`: the time of the newest row possible. */
interface GrowingTable {
  readonly name: TableName
  readonly build: (index: number, newest: number) => SeededRow
}

/** The tables, each after those that its rows refer to. A session has one security event: its sign-in. */
const GROWING_TABLES: readonly GrowingTable[] = [
  { name: 'users', build: buildUser },
  { name: 'sessions', build: buildSession },
  { name: 'posts', build: buildPost },
  { name: 'audit_events', build: buildAuditEvent },
]

/** What one step of growth added. `bytesPerRow`: with all indexes, by table. */
export interface GrownTables {
  readonly bytesPerRow: Readonly<Record<TableName, number>>
  /** Bytes of the whole database after it. */
  readonly databaseBytes: number
}

/** How far the tables grow. */
export interface Growing {
  /** The number of the first added row of a table, and of the one after the last. */
  readonly counts: (table: TableName) => readonly [number, number]
  /** The time of the run, the same for every step. */
  readonly newest: number
  readonly print: (progress: string) => void
}

/** Grows every table of a database; no gateway runs meanwhile. */
export async function growTables(url: string, { counts, newest, print }: Growing): Promise<GrownTables> {
  const database = await openGrowthDatabase(url)
  try {
    await database.settle()
    const bytesPerRow: Partial<Record<TableName, number>> = {}
    let databaseBytes = await database.readBytes()
    for (const table of GROWING_TABLES) {
      const [from, to] = counts(table.name)
      const started = performance.now()
      await seedTable(database, table, { from, to, newest })
      await database.settle()
      print(`${table.name}: ${to - from} rows in ${((performance.now() - started) / 1000).toFixed(1)} s`)
      const grown = await database.readBytes()
      bytesPerRow[table.name] = Math.round((grown - databaseBytes) / Math.max(1, to - from))
      databaseBytes = grown
    }
    return { bytesPerRow: bytesPerRow as GrownTables['bytesPerRow'], databaseBytes }
  } finally {
    await database.close()
  }
}

/** Adds the rows with the numbers from `from` up to, not including, `to`. */
async function seedTable(
  database: GrowthDatabase,
  { name, build }: GrowingTable,
  { from, to, newest }: { readonly from: number; readonly to: number; readonly newest: number },
): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const length = Math.min(BATCH, to - start)
    await database.insert(
      name,
      Array.from({ length }, (_, index) => build(start + index, newest)),
    )
  }
}

function buildUser(index: number, newest: number): SeededRow {
  const at = toTime(index, newest)
  return {
    id: toId('user', index),
    email: `member${String(index).padStart(7, '0')}@example.com`,
    email_verified_at: at,
    full_name: `${toWord(index)} ${toWord(index * 7)}`,
    // The form of a hash. No password has it.
    password_hash: `$argon2id$v=19$m=19456,t=2,p=1$${toText('salt', index, 22)}$${toText('hash', index, 43)}`,
    status: 'ACTIVE',
    roles: 'USER',
    created_at: at,
    updated_at: at,
  }
}

function buildSession(index: number, newest: number): SeededRow {
  const at = toTime(index, newest)
  return {
    id: toId('session', index),
    user_id: toId('user', index),
    methods: 'pwd',
    user_agent: USER_AGENT,
    ip_address: '203.0.113.0',
    // A sign-in by code or link stores the hash of its proof, one by password does not.
    started_by: index % 2 === 0 ? toText('proof', index, 43) : null,
    created_at: at,
    last_used_at: at,
    expires_at: formatTime(newest + 7 * DAY_MS),
    absolute_expires_at: formatTime(newest + 30 * DAY_MS),
  }
}

function buildPost(index: number, newest: number): SeededRow {
  const at = toTime(index, newest)
  const words = Array.from({ length: WORDS }, (_, word) => toWord(mix(index * WORDS + word)))
  return {
    id: toId('post', index),
    author_id: toId('user', index),
    title: words.slice(0, 6).join(' '),
    content: `${words.slice(6).join(' ')}${index < RARE_POSTS ? ` ${RARE_WORD}` : ''}`,
    published: true,
    created_at: at,
    updated_at: at,
  }
}

function buildAuditEvent(index: number, newest: number): SeededRow {
  return {
    id: `${String(index).padStart(10, '0')}${toText('event', index, 16)}`,
    at: toTime(index, newest),
    event: 'authn_login_success',
    user_id: toId('user', index),
    session_id: toId('session', index),
    ip_address: '203.0.113.0',
    request_id: toId('request', index),
  }
}

/** A word of the vocabulary. */
export function toWord(number: number): string {
  const index = number % VOCABULARY
  const count = SYLLABLES.length
  const parts = [index % count, Math.floor(index / count) % count, Math.floor(index / count ** 2)]
  return `${parts.map((part) => SYLLABLES[part] ?? '').join('')}n`
}

/** One second between two rows, in the order of their numbers. */
function toTime(index: number, newest: number): string {
  return formatTime(newest - 30 * DAY_MS + index * 1000)
}

function formatTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+00:00')
}

/** 24 characters, as the ids of the gateway have. */
function toId(kind: string, index: number): string {
  return toText(kind, index, 24)
}

function toText(kind: string, index: number, length: number): string {
  return createHash('sha256').update(`${kind} ${index}`).digest('base64url').slice(0, length)
}

/** The finalizer of MurmurHash3: a hash for each of 50 million words would take a minute. */
function mix(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
