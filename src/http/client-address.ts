import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseForwardedAddress } from '../core/network.ts'

/** The IP address of the client, canonical; undefined if a proxy passed on something else. */
export function readClientAddress({ ip }: Pick<FastifyRequest, 'ip'>): string | undefined {
  return parseForwardedAddress(ip) ?? undefined
}

/**
 * The same for the handshake of a WebSocket, which no Fastify request stands for. `trustProxy`: number of
 * proxies in front; entries of `X-Forwarded-For` further left come from the client and are ignored.
 */
export function readUpgradeAddress(
  { socket, headers }: IncomingMessage,
  trustProxy: number,
): string | undefined {
  const header = headers['x-forwarded-for'] ?? ''
  const forwarded = (Array.isArray(header) ? header.join() : header).split(',').reverse()
  const addresses = [socket.remoteAddress ?? '', ...forwarded.filter((entry) => entry.trim() !== '')]
  return parseForwardedAddress(addresses[Math.min(trustProxy, addresses.length - 1)] ?? '') ?? undefined
}

/** Warns once if the trusted proxies pass on something that is not an IP address. */
export function addClientAddressCheck(app: FastifyInstance): void {
  let isReported = false
  app.addHook('onRequest', (request, _reply, done) => {
    if (isReported || readClientAddress(request) !== undefined) return done()
    isReported = true
    request.log.warn(
      { event: 'http.client_address_invalid' },
      'X-Forwarded-For has an entry that is not an IP address: such clients share one rate limit',
    )
    done()
  })
}
