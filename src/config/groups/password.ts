import { MIN_COSTS, isStrongEnough, type PasswordCost } from '../../core/password-cost.ts'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber, wordList } from '../setting-types.ts'
import type { LoadValues } from './load.ts'
import type { ServerValues } from './server.ts'

const settings = {
  PASSWORD_MIN_LENGTH: {
    type: wholeNumber(8, 64).default(12),
    doc: 'Minimum length of a password in code points. NIST SP 800-63B-4 requires 15 where a password is the only factor.',
  },
  PASSWORD_CONTEXT_WORDS: {
    type: wordList.prefault('graphql,auth,gateway'),
    doc: 'Words that a password must not consist of, such as the names of your product and company. The host of `PUBLIC_URL` and the data of the account are added.',
  },
  PASSWORD_HASH_MEMORY_KIB: {
    type: wholeNumber(7168, 4_194_304).default(19_456),
    unit: 'KiB',
    doc: `Memory of one password hash (argon2id). Together with \`PASSWORD_HASH_PASSES\` it must reach one of the OWASP minimums (KiB/passes): ${MIN_COSTS.join(', ')}. Existing hashes are upgraded at the next sign-in by password.`,
  },
  PASSWORD_HASH_PASSES: {
    type: wholeNumber(1, 100).default(2),
    doc: 'Number of passes of argon2id over its memory.',
  },
  PASSWORD_HASH_LANES: {
    type: wholeNumber(1, 16).default(1),
    doc: 'Number of lanes (parallelism) of argon2id. The library computes them one after the other.',
  },
  PASSWORD_HASH_CONCURRENCY: {
    type: wholeNumber(1, 1000).optional(),
    doc: 'Number of password hashes computed at a time, each in a thread. All workers of a gateway share them.',
    fallback: 'one fewer than the number of cores, at least 1',
  },
  PASSWORD_HASH_QUEUE: {
    type: wholeNumber(0, 100_000).optional(),
    doc: 'Maximum number of requests that wait for their password hash; further ones fail immediately with `SERVICE_UNAVAILABLE`. Workers have equal parts of it. Must be less than `MAX_IN_FLIGHT`.',
    fallback: 'as many as are served in about one second, at most a quarter of `MAX_IN_FLIGHT`',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type PasswordValues = ValuesOf<typeof settings>

type Values = PasswordValues & LoadValues & ServerValues

/** Password policy and hashing. */
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

/** Settings of password policy and hashing. */
export const passwordGroup = {
  title: 'Passwords',
  settings,
  toConfig: (values: Values): PasswordConfig => ({
    minLength: values.PASSWORD_MIN_LENGTH,
    contextWords: [
      ...values.PASSWORD_CONTEXT_WORDS,
      ...(values.PUBLIC_URL === undefined ? [] : [new URL(values.PUBLIC_URL).hostname]),
    ],
    hashing: {
      cost: {
        memoryKib: values.PASSWORD_HASH_MEMORY_KIB,
        passes: values.PASSWORD_HASH_PASSES,
        lanes: values.PASSWORD_HASH_LANES,
      },
      concurrency: values.PASSWORD_HASH_CONCURRENCY ?? null,
      queue: values.PASSWORD_HASH_QUEUE ?? null,
    },
  }),
  crossChecks: (values: Values) => [
    [
      !isStrongEnough({ memoryKib: values.PASSWORD_HASH_MEMORY_KIB, passes: values.PASSWORD_HASH_PASSES }),
      `PASSWORD_HASH_MEMORY_KIB: must reach, with PASSWORD_HASH_PASSES, one of ${MIN_COSTS.join(', ')} (KiB/passes)`,
    ],
    [
      (values.PASSWORD_HASH_QUEUE ?? 0) >= values.MAX_IN_FLIGHT,
      'PASSWORD_HASH_QUEUE: must be less than MAX_IN_FLIGHT, to leave room for other requests',
    ],
  ],
} satisfies SettingGroup<Values, PasswordConfig>
