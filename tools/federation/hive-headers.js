/** Headers of clients that the gateway reads. */
const NAMES = ['authorization', 'cookie', 'origin', 'user-agent', 'accept-language']

/** `propagateHeaders` of Hive Gateway. */
export const propagateHeaders = {
  fromClientToSubgraphs({ request, context, subgraphName }) {
    if (subgraphName !== 'auth') return {}
    const { socket } = context.req
    return {
      ...Object.fromEntries(NAMES.map((name) => [name, request.headers.get(name)])),
      // Of the connection: a client can send any such header.
      'x-forwarded-for': socket.remoteAddress,
      'x-forwarded-proto': socket.encrypted ? 'https' : 'http',
    }
  },
  fromSubgraphsToClient({ response }) {
    return {
      'set-cookie': response.headers.getSetCookie(),
      'retry-after': response.headers.get('retry-after'),
    }
  },
}
