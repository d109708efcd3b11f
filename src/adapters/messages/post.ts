import type { DeliveryResult } from '../../ports/message-transport.ts'
import { TransportError, toErrorReason } from './transport-error.ts'

/** A request to a provider. */
export interface PostRequest {
  readonly transport: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | FormData | URLSearchParams
  readonly signal: AbortSignal
}

/**
 * Statuses that reject the message itself. Others concern the connection, the account or the current load.
 */
const REJECTED_STATUSES: readonly number[] = [400, 413, 422]

/**
 * Posts a message to a provider; any 2xx means sent. Only the status of the response is read: providers
 * advise against relying on their error codes, and error texts quote the message. Redirects are errors, so
 * that no other host gets it.
 */
export async function postMessage({
  transport,
  url,
  headers,
  body,
  signal,
}: PostRequest): Promise<DeliveryResult> {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      const reason = toErrorReason(error)
      throw new TransportError(`${transport}: ${reason} at ${new URL(url).host}`, reason)
    },
  )
  await response.body?.cancel()
  if (response.ok) return 'sent'
  if (REJECTED_STATUSES.includes(response.status)) return 'refused'
  const { status } = response
  throw new TransportError(`${transport}: HTTP status ${status} at ${new URL(url).host}`, String(status))
}

/** The `Authorization` header of HTTP Basic authentication (RFC 7617). */
export function buildBasicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
