import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'

const settings = {
  PENDING_ACCOUNT_DAYS: {
    type: wholeNumber(1, 365).default(7),
    unit: 'd',
    doc: 'How long an account that was never confirmed is kept after its last registration. An account with a valid code is kept.',
  },
  ENDED_SESSION_DAYS: {
    type: wholeNumber(1, 3650).default(30),
    unit: 'd',
    doc: 'How long sessions and API keys are kept in the database after they have ended or expired.',
  },
  CLEANUP_MINUTES: {
    type: wholeNumber(1, 1440).default(60),
    unit: 'min',
    doc: 'Interval of the cleanup. In each interval one node removes what is older than these settings, in batches.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type CleanupValues = ValuesOf<typeof settings>

/** What the scheduled cleanup removes, and how often. */
export interface CleanupConfig {
  readonly pendingAccountDays: number
  readonly endedSessionDays: number
  readonly intervalMinutes: number
}

/** Settings of the scheduled cleanup. */
export const cleanupGroup = {
  title: 'Cleanup',
  settings,
  toConfig: (values: CleanupValues): CleanupConfig => ({
    pendingAccountDays: values.PENDING_ACCOUNT_DAYS,
    endedSessionDays: values.ENDED_SESSION_DAYS,
    intervalMinutes: values.CLEANUP_MINUTES,
  }),
  crossChecks: () => [],
} satisfies SettingGroup<CleanupValues, CleanupConfig>
