import type { Random } from './secrets.ts'

/** What one hash by argon2id costs (RFC 9106 §3.1). */
export interface PasswordCost {
  /** KiB of memory that one hash fills while it is made. */
  readonly memoryKib: number
  /** How many times it goes over that memory. */
  readonly passes: number
  /** Lanes that the memory is divided into. */
  readonly lanes: number
}

/** Least memory in KiB by passes, from most passes to fewest: the rows of the OWASP Password Storage Cheat Sheet, each as strong as the others. */
const LEAST_MEMORY_KIB: readonly (readonly [passes: number, memoryKib: number])[] = [
  [5, 7168],
  [4, 9216],
  [3, 12_288],
  [2, 19_456],
  [1, 47_104],
]
const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$[\w+/]+\$[\w+/]+$/

/** The rows in words, for whoever has to choose one. */
export const LEAST_COSTS = LEAST_MEMORY_KIB.map(([passes, memory]) => `${memory}/${passes}`).reverse()

/** Whether a cost reaches at least one row. */
export function isStrongEnough({ memoryKib, passes }: Omit<PasswordCost, 'lanes'>): boolean {
  return LEAST_MEMORY_KIB.some(([leastPasses, least]) => passes >= leastPasses && memoryKib >= least)
}

/** The cost that a PHC string of argon2id names; null for any other text. */
export function costOf(stored: string): PasswordCost | null {
  const [, memoryKib, passes, lanes] = PHC.exec(stored) ?? []
  if (memoryKib === undefined) return null
  return { memoryKib: Number(memoryKib), passes: Number(passes), lanes: Number(lanes) }
}

/** A PHC string that no password has made: checking any against it fails, and costs what a real check of this cost does. */
export function decoyHash({ memoryKib, passes, lanes }: PasswordCost, random: Random): string {
  const [salt, hash] = [SALT_BYTES, HASH_BYTES].map((length) => unpadded(random.bytes(length)))
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${salt}$${hash}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
