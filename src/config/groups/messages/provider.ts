import type { SettingGroup } from '../../setting-group.ts'

/**
 * The settings of one message transport. Its part of `Config` is what the adapter of the transport needs.
 * `required` names the settings that must be set when the transport is selected; the first one belongs to
 * this transport alone.
 */
export interface ProviderGroup<Values, Part> extends SettingGroup<Values, Part> {
  readonly required: readonly (keyof Values)[]
}
