import type { MetricsConfig } from '../config/groups/metrics.ts'
import type { ServerConfig } from '../config/groups/server.ts'
import { explainListenError } from './start-error.ts'

/** A server that can listen. */
interface Listener {
  listen(at: { readonly host: string; readonly port: number }): Promise<string>
}

/** Listens for requests and resolves to the address. Throws `StartError`. */
export function listenForRequests(server: Listener, { host, port }: ServerConfig): Promise<string> {
  return server.listen({ host, port }).catch((error: unknown) => {
    throw explainListenError(error, { names: { host: 'HOST', port: 'PORT' }, host, port })
  })
}

/** Listens for scrapes of the metrics and resolves to their address. Throws `StartError`. */
export function listenForScrapes(server: Listener, at: MetricsConfig): Promise<string> {
  const names = { host: 'METRICS_HOST', port: 'METRICS_PORT' }
  return server.listen(at).catch((error: unknown) => {
    throw explainListenError(error, { names, ...at })
  })
}
