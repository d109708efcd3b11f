import type { HandOver, TransportName } from '../../ports/message-transport.ts'
import { TransportError, reasonOf } from './transport-error.ts'

/** One request to a provider. */
export interface Posting {
  readonly transport: TransportName
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | FormData | URLSearchParams
  readonly signal: AbortSignal
}

/** Answers that say what is wrong with the message; every other one is about the way there, the account or the moment. */
const REFUSALS = [400, 413, 422]

/**
 * Posts a message to a provider. Any 2xx: sent. Of a refusal the status alone is read: providers ask not to build on the codes
 * in their answers, and the texts quote the message. A redirect is an error: nobody else gets the message.
 */
export async function post({ transport, url, headers, body, signal }: Posting): Promise<HandOver> {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw new TransportError(`${transport}: ${reasonOf(error)}`)
    },
  )
  await response.body?.cancel()
  if (response.ok) return 'sent'
  if (REFUSALS.includes(response.status)) return 'refused'
  throw new TransportError(`${transport} answered ${response.status}`)
}

/** The value of `Authorization` for a name and a password (RFC 7617). */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
