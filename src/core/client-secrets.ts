import { createHash } from 'node:crypto'
import { equalInConstantTime, type Random } from './secrets.ts'

/** A service that may ask about tokens and end them. Two entries may share an id: two secrets, while one follows the other. */
export interface ServiceClient {
  readonly id: string
  /** SHA-256 of the secret, in lower-case hexadecimal. */
  readonly secretHash: string
}

/** What a client may be called: characters that no encoding of a header or form changes. */
export const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/

/** A new secret: 256 random bits in 43 base64url characters. */
export function newClientSecret(random: Random): string {
  return random.bytes(32).toString('base64url')
}

/**
 * What is kept of a secret: its SHA-256, in hexadecimal. A slow password hash protects what can be guessed; 256 random bits
 * cannot, so the fast hash loses nothing and costs no CPU at each request.
 */
export function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Whether one of the entries has this id and secret. Every entry is compared: time does not tell which ids there are. */
export function isServiceClient(clients: readonly ServiceClient[], id: string, secret: string): boolean {
  const given = hashClientSecret(secret)
  return clients
    .map((client) => equalInConstantTime(client.secretHash, given) && client.id === id)
    .includes(true)
}
