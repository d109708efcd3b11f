import type { Random } from './secrets.ts'

/** Cost parameters of argon2id (RFC 9106 §3.1). */
export interface PasswordCost {
  /** Memory of one hash in KiB. */
  readonly memoryKib: number
  /** Passes over the memory. */
  readonly passes: number
  /** Degree of parallelism. */
  readonly lanes: number
}

/** Minimum memory in KiB by passes: the equally strong rows of the OWASP Password Storage Cheat Sheet. */
const MIN_MEMORY_KIB: readonly (readonly [passes: number, memoryKib: number])[] = [
  [5, 7168],
  [4, 9216],
  [3, 12_288],
  [2, 19_456],
  [1, 47_104],
]
const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$[\w+/]+\$[\w+/]+$/

/** The rows as `memory/passes`, for error messages. */
export const MIN_COSTS: readonly string[] = MIN_MEMORY_KIB.map(
  ([passes, memory]) => `${memory}/${passes}`,
).reverse()

/** Whether a cost meets at least one row. */
export function isStrongEnough({ memoryKib, passes }: Omit<PasswordCost, 'lanes'>): boolean {
  return MIN_MEMORY_KIB.some(([minPasses, minMemory]) => passes >= minPasses && memoryKib >= minMemory)
}

/** The cost parameters of an argon2id PHC string; null for any other text. */
export function parsePasswordCost(stored: string): PasswordCost | null {
  const [, memoryKib, passes, lanes] = PHC.exec(stored) ?? []
  if (memoryKib === undefined) return null
  return { memoryKib: Number(memoryKib), passes: Number(passes), lanes: Number(lanes) }
}

/**
 * A PHC string that matches no password. Verifying against it takes as long as against a real hash of this
 * cost.
 */
export function createDecoyHash({ memoryKib, passes, lanes }: PasswordCost, random: Random): string {
  const [salt, hash] = [SALT_BYTES, HASH_BYTES].map((length) => encodeUnpadded(random.bytes(length)))
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${salt}$${hash}`
}

function encodeUnpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
