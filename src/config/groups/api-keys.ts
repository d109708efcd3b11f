import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'
import type { TokenValues } from './token.ts'

const settings = {
  API_TOKEN_MINUTES: {
    type: wholeNumber(1, 1440).optional(),
    unit: 'min',
    doc: 'Lifetime of an access token that a program gets for an API key. At most `ACCESS_TOKEN_MINUTES`.',
    fallback: '`ACCESS_TOKEN_MINUTES`',
  },
  API_KEYS_PER_USER: {
    type: wholeNumber(0, 1000).default(20),
    doc: 'Maximum number of active API keys of one account; 0: no account can create any. A lower value revokes none.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type ApiKeyValues = ValuesOf<typeof settings>

type Values = ApiKeyValues & TokenValues

/** API keys and their tokens. */
export interface ApiKeyConfig {
  /** Null: as long as every access token. */
  readonly tokenMinutes: number | null
  /** 0: none. */
  readonly perUser: number
}

/** Settings of API keys. */
export const apiKeyGroup = {
  title: 'API keys',
  settings,
  toConfig: (values: ApiKeyValues): ApiKeyConfig => ({
    tokenMinutes: values.API_TOKEN_MINUTES ?? null,
    perUser: values.API_KEYS_PER_USER,
  }),
  crossChecks: (values: Values) => [
    [
      (values.API_TOKEN_MINUTES ?? 0) > values.ACCESS_TOKEN_MINUTES,
      'API_TOKEN_MINUTES: must be at most ACCESS_TOKEN_MINUTES',
    ],
  ],
} satisfies SettingGroup<Values, ApiKeyConfig>
