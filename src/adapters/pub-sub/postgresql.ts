import { Client } from 'pg'
import type { PubSub } from '../../ports/pub-sub.ts'
import { LocalSubscribers } from './local.ts'
import { parseTopics } from './redis.ts'

const CHANNEL = 'gateway_signals'
/** Pause before a broken connection is made again, in milliseconds. */
const AGAIN_MS = 500
/** A notification holds less than 8000 bytes (PostgreSQL, NOTIFY); a topic about 30. */
const TOPICS_AT_A_TIME = 100

/** Hints by PostgreSQL's LISTEN and NOTIFY on one connection. What is sent while it is away is lost, which the slower look makes good. */
export function openPostgresqlPubSub(url: string): PubSub {
  const hints = new LocalSubscribers()
  let closed = false
  let client: Client | null = null
  let again: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new Client({ connectionString: url, connectionTimeoutMillis: 1000, keepAlive: true })
    // The database, on the same server, tells the log.
    next.on('error', () => undefined)
    next.on('end', () => reconnect(next))
    next.on('notification', ({ payload }) => hints.tell(parseTopics(payload ?? '')))
    try {
      await next.connect()
      await next.query(`LISTEN ${CHANNEL}`)
      client = next
    } catch {
      await next.end().catch(() => undefined)
      reconnect(next)
    }
    if (closed) await next.end().catch(() => undefined)
  }

  function reconnect(ended: Client): void {
    if (client === ended) client = null
    clearTimeout(again)
    if (!closed) again = setTimeout(() => void connect(), AGAIN_MS)
  }

  async function notify(topics: readonly string[]): Promise<void> {
    if (!client) throw new Error('not connected')
    await client.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(topics)])
  }

  void connect()
  return {
    pollIntervalMs: 15_000,
    send(topics) {
      for (let start = 0; start < topics.length; start += TOPICS_AT_A_TIME) {
        const some = topics.slice(start, start + TOPICS_AT_A_TIME)
        notify(some).catch(() => hints.tell(some))
      }
    },
    listen: (topic, onInvalidation) => hints.listen(topic, onInvalidation),
    async close() {
      closed = true
      clearTimeout(again)
      await client?.end().catch(() => undefined)
    },
  }
}
