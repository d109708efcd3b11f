import type pg from 'pg'

/** The only mechanism with channel binding that PostgreSQL has (SCRAM, RFC 5802 and RFC 7677). */
const BOUND_MECHANISM = 'SCRAM-SHA-256-PLUS'
/** Messages of a server that lets the client in, or asks for its password, without SCRAM. */
const UNBOUND = ['authenticationCleartextPassword', 'authenticationMD5Password', 'authenticationOk'] as const

/**
 * Ends a connection whose server authenticates without channel binding, before anything about the password is
 * sent (libpq, `channel_binding=require`). node-postgres uses channel binding where it is offered and cannot
 * require it.
 */
export function requireChannelBinding(connection: pg.Connection): void {
  let isBound = false
  const check = () => {
    if (isBound) return
    connection.stream.destroy()
    connection.emit('error', new Error('the server does not offer channel binding'))
  }
  connection.on('authenticationSASL', ({ mechanisms }: { readonly mechanisms: readonly string[] }) => {
    isBound = mechanisms.includes(BOUND_MECHANISM)
    check()
  })
  for (const message of UNBOUND) connection.on(message, check)
}
