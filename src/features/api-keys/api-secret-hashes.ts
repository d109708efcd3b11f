import { keyedHash } from '../../core/secrets.ts'

/** The hashes of a secret of a key: under the newest master secret, then under every other accepted one. */
export type HashApiSecret = (id: string, secret: string) => readonly [string, ...string[]]

/**
 * A fast keyed hash, unlike that of passwords: a secret of 256 random bits cannot be guessed, and a program
 * must not cost a login's CPU. The key makes hashes useless without the master secret, and lets SQL compare
 * them: the time of a comparison tells only about a MAC, which cannot be computed without the key. The id is
 * part of it, so that a hash is valid in its own row only.
 */
export function createApiSecretHashes(keys: readonly [Buffer, ...Buffer[]]): HashApiSecret {
  const [first, ...others] = keys
  const hash = (key: Buffer, id: string, secret: string) => keyedHash(key, 'api-secret', id, secret)
  return (id, secret) => [hash(first, id, secret), ...others.map((key) => hash(key, id, secret))]
}
