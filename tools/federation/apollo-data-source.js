import { RemoteGraphQLDataSource } from '@apollo/gateway'

/** Headers of clients that the gateway reads. */
const NAMES = ['authorization', 'cookie', 'origin', 'user-agent', 'accept-language']

/** Of the context: `headers` and `socket` of the client, and `cookies` to be added to its response. */
export class AuthDataSource extends RemoteGraphQLDataSource {
  willSendRequest({ request, context: { headers, socket } }) {
    // Without a client: the request that checks the subgraph at the start.
    if (!socket) return
    for (const name of NAMES) {
      const value = headers.get(name)
      if (value) request.http?.headers.set(name, value)
    }
    // Of the connection: a client can send any such header.
    request.http?.headers.set('x-forwarded-for', socket.remoteAddress)
    request.http?.headers.set('x-forwarded-proto', socket.encrypted ? 'https' : 'http')
  }

  didReceiveResponse({ response, context: { cookies } }) {
    // Its `fetch` is that of make-fetch-happen: `get` would join the cookies to one.
    cookies?.push(...(response.http?.headers.raw?.()['set-cookie'] ?? []))
    return response
  }
}
