import pg from 'pg'
import { requireChannelBinding } from './channel-binding.ts'
import { requireRole, type ServerState } from './postgresql-role.ts'
import type { PostgresqlTargets } from './postgresql-targets.ts'

/**
 * A connection of its own to the first server of a URL that can be used; its limits are those of the server.
 * Rejects with the failure of the last server.
 */
export function connectSession(targets: PostgresqlTargets): Promise<pg.Client> {
  return targets.connectToAny(() => connectTo(targets))
}

async function connectTo(targets: PostgresqlTargets): Promise<pg.Client> {
  const client = new pg.Client(targets.describe())
  if (targets.address.channelBinding === 'require') requireChannelBinding(client.connection)
  // A connection that breaks later rejects the next statement.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { targetSessionAttrs } = targets.address
    if (targetSessionAttrs === 'any') return client
    const { rows } = await client.query<ServerState>(
      `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS "readOnly"`,
    )
    for (const state of rows) requireRole(targetSessionAttrs, state)
    return client
  } catch (error) {
    // Not a farewell, which a server that hangs does not read.
    client.connection.stream.destroy()
    throw error
  }
}

/** Says farewell to the server, which may hang, and does not wait for it. */
export function closeSession(client: pg.Client): void {
  client.end().catch(() => undefined)
}
