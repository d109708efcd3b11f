import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from './secrets.ts'

/** Bytes of the nonce and of the tag (NIST SP 800-38D §5.2.1). */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts a text with AES-256-GCM under a 32-byte key. `context`, such as the table and the row, is
 * authenticated: the text opens with the same context only. The result is base64url. Not a JWE, whose compact
 * form has no additional data for the context.
 */
export function seal(key: Buffer, text: string, context: string, random: Random): string {
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
}

/** The text that was sealed under this key with this context; null for any other. */
export function unseal(key: Buffer, sealed: string, context: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)]
  if (tag.length < TAG_BYTES) return null
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context)).setAuthTag(tag)
  try {
    const ciphertext = bytes.subarray(NONCE_BYTES + TAG_BYTES)
    const body = Buffer.concat([decipher.update(ciphertext), decipher.final()])
    return body.toString('utf8')
  } catch {
    return null
  }
}

/** Keys for unsealing; the first one also seals. */
export type SealingKeys = readonly [Buffer, ...Buffer[]]

/**
 * The text that was sealed with this context under any of the keys, and the index of that key; null for any
 * other.
 */
export function unsealByAny(
  keys: SealingKeys,
  sealed: string,
  context: string,
): { readonly text: string; readonly index: number } | null {
  for (const [index, key] of keys.entries()) {
    const text = unseal(key, sealed, context)
    if (text !== null) return { text, index }
  }
  return null
}
