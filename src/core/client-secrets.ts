import { createHash } from 'node:crypto'
import { equalInConstantTime, type Random } from './secrets.ts'

/**
 * A service that may introspect and revoke tokens. Two entries may share an id: two valid secrets during a
 * rotation.
 */
export interface ServiceClient {
  readonly id: string
  /** SHA-256 of the secret, in lower-case hexadecimal. */
  readonly secretHash: string
}

/** Allowed client ids: characters that need no escaping in headers and forms. */
export const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/

/** A new secret: 256 random bits in 43 base64url characters. */
export function newClientSecret(random: Random): string {
  return random.bytes(32).toString('base64url')
}

/**
 * The stored form of a secret: its SHA-256 in hexadecimal. A slow password hash protects secrets that can be
 * guessed. A secret of 256 random bits cannot, and a fast hash costs little CPU per request.
 */
export function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/**
 * Whether an entry has this id and secret. Every entry is compared, so that timing does not reveal which ids
 * exist.
 */
export function isServiceClient(clients: readonly ServiceClient[], id: string, secret: string): boolean {
  const given = hashClientSecret(secret)
  return clients
    .map((client) => equalInConstantTime(client.secretHash, given) && client.id === id)
    .includes(true)
}
