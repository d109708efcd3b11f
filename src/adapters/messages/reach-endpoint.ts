import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SECOND_MS } from '../../core/duration.ts'

/** Maximum time for a connection, in milliseconds. */
const TIMEOUT_MS = 5 * SECOND_MS

/**
 * Connects to the server of a URL, over TLS where the URL says so, and sends nothing: a provider must not get
 * a request that it could act on. Rejects with the reason.
 */
export async function reachEndpoint(url: string): Promise<void> {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const isTls = protocol === 'https:'
  const address = { host, port: port === '' ? (isTls ? 443 : 80) : Number(port) }
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
  const socket = isTls ? connectTls({ ...address, ...servername }) : connectTcp(address)
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no response')))
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect')
  } finally {
    socket.destroy()
  }
}
