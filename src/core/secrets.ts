import { createHmac, randomFillSync, randomInt, timingSafeEqual } from 'node:crypto'

/** Source of all random values. Production uses `systemRandom`; tests may script one. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Buffer
  /** A uniform integer in [0, below). */
  integer(below: number): number
}

/** Bytes that are read from the CSPRNG at a time. */
const PAGE_BYTES = 4096

/** The CSPRNG of OpenSSL, which the operating system seeds. */
export const systemRandom: Random = {
  bytes: createPagedBytes(),
  integer: (below) => randomInt(below),
}

/**
 * Each request needs a few bytes for its id, and reading a few bytes costs as much as reading a page, so they
 * are read by the page. Each byte is returned once, as a copy, and erased from the page.
 */
function createPagedBytes(): Random['bytes'] {
  const page = Buffer.alloc(PAGE_BYTES)
  let used = PAGE_BYTES
  return (length) => {
    if (length > PAGE_BYTES) return randomFillSync(Buffer.alloc(length))
    if (used + length > PAGE_BYTES) {
      randomFillSync(page)
      used = 0
    }
    const bytes = Buffer.from(page.subarray(used, used + length))
    page.fill(0, used, used + length)
    used += length
    return bytes
  }
}

/** A new identifier: 144 random bits in 24 base64url characters (ASVS 11.5.1 requires 128). */
export function newId(random: Random): string {
  return random.bytes(18).toString('base64url')
}

/** A uniform decimal code with its leading zeros; `length` 4 to 10. */
export function newCode(random: Random, length: number): string {
  return random
    .integer(10 ** length)
    .toString()
    .padStart(length, '0')
}

/**
 * HMAC-SHA-256 over a list of parts, base64url. Each part is length-prefixed, so that no two lists collide.
 * State store keys and stored codes contain this hash, never user input.
 */
export function keyedHash(key: Buffer, ...parts: readonly string[]): string {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part)
  return mac.digest('base64url')
}

/** Whether two strings are equal. The time depends only on the length of the first. */
export function equalInConstantTime(known: string, given: string): boolean {
  const a = Buffer.from(known)
  const b = Buffer.from(given)
  return a.length === b.length ? timingSafeEqual(a, b) : !timingSafeEqual(a, a)
}

/** A 32-byte key for one purpose, derived from the master secret (HKDF-SHA-256, RFC 5869). */
export function deriveKey(master: Buffer, purpose: string): Buffer {
  return createKeyDerivation(master)(purpose)
}

/**
 * Derives keys from one master secret. Its extraction (RFC 5869 §2.2) is done once, and a key of one block is
 * one HMAC (§2.3). `hkdfSync` takes many times as long, and each refresh derives two keys.
 */
export function createKeyDerivation(master: Buffer): (purpose: string) => Buffer {
  const pseudorandomKey = createHmac('sha256', Buffer.alloc(0)).update(master).digest()
  return (purpose) =>
    createHmac('sha256', pseudorandomKey)
      .update(`gateway/${purpose}`)
      .update(Buffer.from([1]))
      .digest()
}

/** The key for one purpose, derived from each master secret: the first is used, the others are accepted. */
export function deriveKeys(
  [master, ...others]: readonly [Buffer, ...Buffer[]],
  purpose: string,
): readonly [Buffer, ...Buffer[]] {
  return [deriveKey(master, purpose), ...others.map((other) => deriveKey(other, purpose))]
}
