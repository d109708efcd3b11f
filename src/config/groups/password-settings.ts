import { z } from 'zod'
import { LEAST_COSTS, isStrongEnough, type PasswordCost } from '../../core/password-cost.ts'
import { whole, words } from '../setting-types.ts'

/** Environment variables about passwords. */
export const PASSWORD_SETTINGS = {
  PASSWORD_MIN_LENGTH: {
    type: whole(8, 64).default(12),
    doc: 'Fewest code points of a password, 8 to 64. NIST SP 800-63B-4 asks for 15 where the password alone signs in.',
  },
  PASSWORD_CONTEXT_WORDS: {
    type: words.prefault('graphql,auth,gateway'),
    doc: 'Words that a password may not be made of, separated by commas: the names of your product and company. Default: `graphql,auth,gateway`. Added to them are the host of `PUBLIC_URL` and what an account says of itself.',
  },
  PASSWORD_HASH_MEMORY_KIB: {
    type: whole(7168, 4_194_304).default(19_456),
    doc: `Memory of one password hash (argon2id), 7168 to 4194304 KiB. With \`PASSWORD_HASH_PASSES\` at least one of OWASP’s rows: ${LEAST_COSTS.join(', ')}. An account’s hash is remade at its next sign-in by password.`,
  },
  PASSWORD_HASH_PASSES: {
    type: whole(1, 100).default(2),
    doc: 'How often a password hash goes over its memory, 1 to 100.',
  },
  PASSWORD_HASH_LANES: {
    type: whole(1, 16).default(1),
    doc: 'Lanes of a password hash, 1 to 16. The library works on them one after the other.',
  },
  PASSWORD_HASH_CONCURRENCY: {
    type: whole(1, 1000).optional(),
    doc: 'Password hashes at a time, each in a thread of its own, 1 to 1000. Default: one fewer than cores, at least 1.',
  },
  PASSWORD_HASH_QUEUE: {
    type: whole(0, 100_000).optional(),
    doc: 'Requests that may wait for a password hash, 0 to 100000; one more is SERVICE_UNAVAILABLE at once. Default: as many as are served in about a second, and at most a quarter of `MAX_IN_FLIGHT`.',
  },
} as const

type PasswordSettings = {
  [Name in keyof typeof PASSWORD_SETTINGS]: z.output<(typeof PASSWORD_SETTINGS)[Name]['type']>
}

/** What the gateway asks of passwords, and what it spends on them. */
export interface PasswordConfig {
  /** Code points. */
  readonly minLength: number
  readonly contextWords: readonly string[]
  readonly hashing: {
    readonly cost: PasswordCost
    /** Null: by the number of cores. */
    readonly concurrency: number | null
    /** Null: by the cost of a hash. */
    readonly queue: number | null
  }
}

/** The settings about passwords as the gateway uses them. */
export function passwordsOf(
  raw: PasswordSettings & { readonly PUBLIC_URL?: string | undefined },
): PasswordConfig {
  const host = raw.PUBLIC_URL === undefined ? [] : [new URL(raw.PUBLIC_URL).hostname]
  return {
    minLength: raw.PASSWORD_MIN_LENGTH,
    contextWords: [...raw.PASSWORD_CONTEXT_WORDS, ...host],
    hashing: {
      cost: {
        memoryKib: raw.PASSWORD_HASH_MEMORY_KIB,
        passes: raw.PASSWORD_HASH_PASSES,
        lanes: raw.PASSWORD_HASH_LANES,
      },
      concurrency: raw.PASSWORD_HASH_CONCURRENCY ?? null,
      queue: raw.PASSWORD_HASH_QUEUE ?? null,
    },
  }
}

/** What contradicts itself about passwords: whether it does, and the problem. */
export function passwordRules(raw: PasswordSettings): readonly [boolean, string][] {
  const [memoryKib, passes] = [raw.PASSWORD_HASH_MEMORY_KIB, raw.PASSWORD_HASH_PASSES]
  return [
    [
      !isStrongEnough({ memoryKib, passes }),
      `PASSWORD_HASH_MEMORY_KIB: expected with PASSWORD_HASH_PASSES at least one of ${LEAST_COSTS.join(', ')}`,
    ],
  ]
}
