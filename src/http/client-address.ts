import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseForwardedAddress } from '../core/network.ts'

/** The IP address of the client, canonical; undefined if a proxy passed on something else. */
export function readClientAddress({ ip }: Pick<FastifyRequest, 'ip'>): string | undefined {
  return parseForwardedAddress(ip) ?? undefined
}

/** Warns once if the trusted proxies pass on something that is not an IP address. */
export function addClientAddressCheck(app: FastifyInstance): void {
  let isReported = false
  app.addHook('onRequest', async (request) => {
    if (isReported || readClientAddress(request) !== undefined) return
    isReported = true
    request.log.warn(
      { event: 'http.client_address_invalid' },
      'X-Forwarded-For has an entry that is not an IP address: such clients share one rate limit',
    )
  })
}
