import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from './secrets.ts'

/** Octets of the nonce and of the tag (NIST SP 800-38D §5.2.1). */
const NONCE = 12
const TAG = 16

/** Encrypts a text under a 32-byte key, AES-256-GCM, bound to its place: it opens nowhere else. base64url. */
export function seal(key: Buffer, text: string, place: string, random: Random): string {
  const nonce = random.bytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
}

/** The text that was sealed under this key for this place; null for any other. */
export function unseal(key: Buffer, sealed: string, place: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < NONCE + TAG) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  try {
    const body = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()])
    return body.toString('utf8')
  } catch {
    return null
  }
}

/** Keys that open what is sealed; the first one seals. */
export type SealingKeys = readonly [Buffer, ...Buffer[]]

/** The text that was sealed for this place under any of the keys, and the place of that key among them; null for any other. */
export function unsealByAny(
  keys: SealingKeys,
  sealed: string,
  place: string,
): { readonly text: string; readonly index: number } | null {
  for (const [index, key] of keys.entries()) {
    const text = unseal(key, sealed, place)
    if (text !== null) return { text, index }
  }
  return null
}
