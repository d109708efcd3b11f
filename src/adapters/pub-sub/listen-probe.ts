import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import type { Logger } from '../../ports/logger.ts'
import { connectSession } from '../database/postgresql-session.ts'
import type { PostgresqlTargets } from '../database/postgresql-targets.ts'

/** Time that a notification needs at most, in milliseconds. */
const PROBE_TIMEOUT_MS = 1000

/** Finds out whether notifications reach a connection. */
export interface ListenProbe {
  /** Checks a connection that has just been made; logs a warning when notifications do not arrive. */
  run(client: Client): Promise<void>
  /** Whether they arrived at the last check. True before the first. */
  isHeard(): boolean
}

/**
 * A pooler in transaction mode accepts LISTEN and gives the session to other clients, so that notifications
 * are lost without an error. It shows by the process id of the session, which differs from the one that the
 * pooler has named; only then a notification is sent from a second connection.
 */
export function createListenProbe(targets: PostgresqlTargets, log: Logger): ListenProbe {
  let isHeard = true

  async function hears(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    if (rows[0]?.pid === Reflect.get(client, 'processID')) return true
    const channel = `gateway_probe_${randomUUID().replaceAll('-', '')}`
    await client.query(`LISTEN ${channel}`)
    const heard = waitForNotification(client, channel)
    const sender = await connectSession(targets)
    try {
      await sender.query(`NOTIFY ${channel}`)
      return await heard
    } finally {
      await sender.end()
      await client.query(`UNLISTEN ${channel}`)
    }
  }

  return {
    async run(client) {
      const wasHeard = isHeard
      isHeard = await hears(client)
      if (!isHeard && wasHeard)
        log.warn(
          { event: 'database.listen_unsupported' },
          'a pooler keeps notifications of the database back: sessions are polled once a second. Set DATABASE_DIRECT_URL to a server or a pooler in session mode',
        )
    },
    isHeard: () => isHeard,
  }
}

function waitForNotification(client: Client, channel: string): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(false), PROBE_TIMEOUT_MS)
    const onNotification = (notification: { readonly channel: string }) => {
      if (notification.channel === channel) finish(true)
    }
    function finish(isHeard: boolean): void {
      clearTimeout(timer)
      client.off('notification', onNotification)
      resolve(isHeard)
    }
    client.on('notification', onNotification)
  })
}
