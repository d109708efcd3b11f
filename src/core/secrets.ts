import { createHmac, hkdfSync, randomFillSync, randomInt, timingSafeEqual } from 'node:crypto'

/** Source of every random value and keyed hash. The one production instance is `systemRandom`; tests may script one. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Buffer
  /** A uniform integer in [0, below). */
  integer(below: number): number
}

/** Octets that are fetched at a time. */
const PAGE = 4096

/** The CSPRNG of OpenSSL, which the operating system seeds. */
export const systemRandom: Random = {
  bytes: fetchedByThePage(),
  integer: (below) => randomInt(below),
}

/**
 * Every request takes a few bytes for its id, and a call for a few costs what a call for a page costs: they are fetched by the
 * page. Each octet is given out once, as a copy, and wiped from the page.
 */
function fetchedByThePage(): Random['bytes'] {
  const page = Buffer.alloc(PAGE)
  let given = PAGE
  return (length) => {
    if (length > PAGE) return randomFillSync(Buffer.alloc(length))
    if (given + length > PAGE) {
      randomFillSync(page)
      given = 0
    }
    const taken = Buffer.from(page.subarray(given, given + length))
    page.fill(0, given, given + length)
    given += length
    return taken
  }
}

/** A new identifier: 144 random bits in 24 base64url characters (ASVS 11.5.1 asks for 128). */
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
 * Keys of the state store and stored codes hold this, never what people typed.
 */
export function keyedHash(key: Buffer, ...parts: readonly string[]): string {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part)
  return mac.digest('base64url')
}

/** Whether two strings are equal, in time that depends on the length of the first alone. */
export function equalInConstantTime(known: string, given: string): boolean {
  const a = Buffer.from(known)
  const b = Buffer.from(given)
  return a.length === b.length ? timingSafeEqual(a, b) : !timingSafeEqual(a, a)
}

/** A 32-byte key of its own for each purpose, from one master secret (HKDF-SHA-256, RFC 5869). */
export function deriveKey(master: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `gateway/${purpose}`, 32))
}

/** The same key of each master secret: the first is used, the others are accepted. */
export function deriveKeys(
  [master, ...others]: readonly [Buffer, ...Buffer[]],
  purpose: string,
): readonly [Buffer, ...Buffer[]] {
  return [deriveKey(master, purpose), ...others.map((other) => deriveKey(other, purpose))]
}
