import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request, type Agent } from 'node:https'

/** A response over TLS. */
export interface SecureResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request over TLS to a loopback port. */
export interface SecureRequest {
  readonly port: number
  /** Authority of the certificate, PEM. */
  readonly ca: string
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly agent?: Agent
  /** Name in the handshake and in `Host`. Default: localhost. */
  readonly host?: string
}

/** Sends a request and reads the whole response. `fetch` of Node.js takes no authority of its own. */
export async function sendSecurely(options: SecureRequest): Promise<SecureResponse> {
  const { port, ca, path = '/graphql', method = 'POST', headers = {}, body, host = 'localhost' } = options
  const sent = request({
    ...{ host: '127.0.0.1', servername: host, port, ca, path, method },
    ...(options.agent && { agent: options.agent }),
    headers: { host: `${host}:${port}`, ...headers },
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks = (await response.toArray()) as Buffer[]
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
  }
}
