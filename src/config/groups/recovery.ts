import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { joinUrl, webUrl, wholeNumber } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const settings = {
  RECOVERY_WINDOW_HOURS: {
    type: wholeNumber(1, 720).default(72),
    unit: 'h',
    doc: 'Time during which the owner can undo a change of the account with the link in its notification. A password reset by one contact removes other contacts that were added within it.',
  },
  UNDO_CHANGE_URL: {
    type: webUrl.optional(),
    doc: 'Page of your own that the link of a notification opens. It receives `#token=…` and calls `undoChange`.',
    fallback: '`/undo-change` at `PUBLIC_URL`; without `PUBLIC_URL` notifications contain no link',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type RecoveryValues = ValuesOf<typeof settings>

type Values = RecoveryValues & ServerValues

/** How owners win back an account. */
export interface RecoveryConfig {
  readonly windowHours: number
  /** The page that undo links open; null: notifications contain no link. */
  readonly page: string | null
}

/** Settings of the recovery of accounts. */
export const recoveryGroup = {
  title: 'Recovery of accounts',
  settings,
  toConfig: (values: Values): RecoveryConfig => ({
    windowHours: values.RECOVERY_WINDOW_HOURS,
    page: toUndoPage(values),
  }),
  crossChecks: () => [],
} satisfies SettingGroup<Values, RecoveryConfig>

/** From settings only: a link built from the `Host` of a request would lead where its sender chooses. */
function toUndoPage({ UNDO_CHANGE_URL: page, PUBLIC_URL: publicUrl }: Values): string | null {
  return page ?? (publicUrl === undefined ? null : joinUrl(publicUrl, 'undo-change'))
}
