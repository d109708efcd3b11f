import { crc32 } from 'node:zlib'
import { newId, type Random } from './secrets.ts'

/**
 * Public id of an API key. It is longer than the id of a session, so that one cannot be taken for the other.
 */
const KEY_ID = /^gwk_[\w-]{24}$/
/** Secret of an API key: 43 digits for 256 random bits, and 6 for the checksum, in base 62. */
const SECRET = /^gws_[0-9A-Za-z]{49}$/
const SECRET_PREFIX = 'gws_'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Digits of 256 bits in base 62. */
const RANDOM_DIGITS = 43
/** Digits of a CRC-32 in base 62. */
const CHECKSUM_DIGITS = 6
/** Characters of a secret that its owner recognises it by: the prefix and 24 of 256 bits. */
const SHOWN_CHARACTERS = 8

/** A new public id of an API key. */
export function newApiKeyId(random: Random): string {
  return `gwk_${newId(random)}`
}

/** Whether a text has the form of the public id of an API key; no id of a session has. */
export function isApiKeyId(text: string): boolean {
  return KEY_ID.test(text)
}

/**
 * A new secret of an API key: 256 random bits. The prefix and the checksum let scanners find a secret in
 * source code without a false alarm; base 62 has no character that splits it in a text.
 */
export function newApiSecret(random: Random): string {
  const digits = toDigits(BigInt(`0x${random.bytes(32).toString('hex')}`), RANDOM_DIGITS)
  return `${SECRET_PREFIX}${digits}${computeChecksum(digits)}`
}

/**
 * Whether a text has the form of a secret, with the checksum. It says nothing about a key: every program can
 * compute it.
 */
export function isApiSecret(text: string): boolean {
  if (!SECRET.test(text)) return false
  const digits = text.slice(SECRET_PREFIX.length, -CHECKSUM_DIGITS)
  return text.endsWith(computeChecksum(digits))
}

/** The first characters of a secret, which are stored and shown. */
export function toSecretPrefix(secret: string): string {
  return secret.slice(0, SHOWN_CHARACTERS)
}

function computeChecksum(digits: string): string {
  return toDigits(BigInt(crc32(digits)), CHECKSUM_DIGITS)
}

/** A number in base 62 with leading zeros. */
function toDigits(value: bigint, length: number): string {
  const base = BigInt(DIGITS.length)
  let digits = ''
  for (let rest = value; digits.length < length; rest /= base)
    digits = `${DIGITS[Number(rest % base)]}${digits}`
  return digits
}
