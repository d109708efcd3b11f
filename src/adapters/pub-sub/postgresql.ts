import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import type { PostgresqlConfig } from '../../config/groups/database.ts'
import { DEFAULT_SCHEMA } from '../../core/postgresql-url.ts'
import type { Logger } from '../../ports/logger.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import { connectSession } from '../database/postgresql-session.ts'
import { PostgresqlTargets } from '../database/postgresql-targets.ts'
import { createListenProbe } from './listen-probe.ts'
import { LocalSubscribers } from './local.ts'
import { parseTopics } from './topics.ts'

const CHANNEL = 'gateway_signals'
/** Pause before a reconnect, in milliseconds. */
const RECONNECT_AFTER_MS = 500
/**
 * Topics per notification. A payload is limited to 8000 bytes (PostgreSQL, NOTIFY), and a topic has about 30.
 */
const MAX_TOPICS = 100
/** Milliseconds between two polls while notifications arrive, and while they cannot. */
const POLL_INTERVAL_MS = { listening: 15_000, unheard: 1000 }

/** What pub/sub by PostgreSQL needs. */
export interface PostgresqlPubSubOptions {
  /** Of a server or a pooler in session mode: in transaction mode no notification arrives. */
  readonly url: string
  readonly config: PostgresqlConfig
  readonly log: Logger
}

/**
 * Pub/sub by PostgreSQL's LISTEN and NOTIFY on one connection. Invalidations that are sent during an outage
 * are lost, and polling compensates for them, once a second where a pooler keeps notifications back. Written
 * on `pg` because Prisma's client has no LISTEN.
 */
export function openPostgresqlPubSub({ url, config, log }: PostgresqlPubSubOptions): PubSub {
  const subscribers = new LocalSubscribers()
  const targets = new PostgresqlTargets(url, config)
  const channel = toChannel(targets.address.searchPath[0])
  const probe = createListenProbe(targets, log)
  let closed = false
  let client: Client | null = null
  let reconnectTimer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    try {
      // The database client uses the same server and logs the outage.
      const next = await connectSession(targets)
      next.on('end', () => reconnect(next))
      next.on('notification', ({ payload }) => subscribers.publish(parseTopics(payload ?? '')))
      if (closed) return await next.end()
      client = next
      await probe.run(next)
      if (probe.isHeard()) await next.query(`LISTEN ${channel}`)
    } catch {
      const failed = client
      reconnect(failed)
      await failed?.end().catch(() => undefined)
    }
  }

  function reconnect(ended: Client | null): void {
    if (client === ended) client = null
    clearTimeout(reconnectTimer)
    if (!closed) reconnectTimer = setTimeout(() => void connect(), RECONNECT_AFTER_MS)
  }

  async function notify(topics: readonly string[]): Promise<void> {
    if (!client) throw new Error('not connected')
    await client.query('SELECT pg_notify($1, $2)', [channel, JSON.stringify(topics)])
  }

  void connect()
  return {
    get pollIntervalMs() {
      return probe.isHeard() ? POLL_INTERVAL_MS.listening : POLL_INTERVAL_MS.unheard
    },
    send(topics) {
      // A pooler can lose the notification to this process, too.
      if (!probe.isHeard()) subscribers.publish(topics)
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

/** Channels belong to a database: applications in two of its schemas need one each. */
function toChannel(schema: string): string {
  if (schema === DEFAULT_SCHEMA) return CHANNEL
  return `${CHANNEL}_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`
}
