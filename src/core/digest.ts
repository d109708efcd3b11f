import { hash } from 'node:crypto'

/** SHA-256 of a text, base64url: a key of fixed length in place of a long text. */
export function toDigest(text: string): string {
  // In one call: an object for each digest takes several times as long.
  return hash('sha256', text, 'base64url')
}
