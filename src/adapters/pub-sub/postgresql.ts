import { Client } from 'pg'
import type { PubSub } from '../../ports/pub-sub.ts'
import { LocalSubscribers } from './local.ts'
import { parseTopics } from './topics.ts'

const CHANNEL = 'gateway_signals'
/** Pause before a reconnect, in milliseconds. */
const RECONNECT_AFTER_MS = 500
/**
 * Topics per notification. A payload is limited to 8000 bytes (PostgreSQL, NOTIFY), and a topic has about 30.
 */
const MAX_TOPICS = 100

/**
 * Pub/sub by PostgreSQL's LISTEN and NOTIFY on one connection. Invalidations that are sent during an outage
 * are lost, and polling compensates for them. Written on `pg` because Prisma's client has no LISTEN.
 */
export function openPostgresqlPubSub(url: string): PubSub {
  const subscribers = new LocalSubscribers()
  let closed = false
  let client: Client | null = null
  let reconnectTimer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new Client({ connectionString: url, connectionTimeoutMillis: 1000, keepAlive: true })
    // The database client uses the same server and logs the outage.
    next.on('error', () => undefined)
    next.on('end', () => reconnect(next))
    next.on('notification', ({ payload }) => subscribers.publish(parseTopics(payload ?? '')))
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
    clearTimeout(reconnectTimer)
    if (!closed) reconnectTimer = setTimeout(() => void connect(), RECONNECT_AFTER_MS)
  }

  async function notify(topics: readonly string[]): Promise<void> {
    if (!client) throw new Error('not connected')
    await client.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(topics)])
  }

  void connect()
  return {
    pollIntervalMs: 15_000,
    send(topics) {
      for (let start = 0; start < topics.length; start += MAX_TOPICS) {
        const batch = topics.slice(start, start + MAX_TOPICS)
        notify(batch).catch(() => subscribers.publish(batch))
      }
    },
    listen: (topic, onInvalidation) => subscribers.listen(topic, onInvalidation),
    async close() {
      closed = true
      clearTimeout(reconnectTimer)
      await client?.end().catch(() => undefined)
    },
  }
}
