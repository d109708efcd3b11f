import { z } from 'zod'
import { LANGUAGES, type Language } from '../../core/languages.ts'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { textMatching } from '../setting-types.ts'

const settings = {
  PRODUCT_NAME: {
    // A single line: it is part of subjects and text messages.
    type: textMatching(/^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u, 'a name of 1 to 60 characters on one line').default(
      'GraphQL Auth Gateway',
    ),
    doc: 'Name of the service in messages.',
  },
  DEFAULT_LANGUAGE: {
    type: z.enum(LANGUAGES).default('en'),
    doc: 'Language of messages and responses when the client requests none that is supported.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type BrandingValues = ValuesOf<typeof settings>

/** Name and language of the service. */
export interface BrandingConfig {
  readonly product: string
  readonly language: Language
}

/** Settings of the name and the language of the service. */
export const brandingGroup = {
  title: 'Branding',
  settings,
  toConfig: (values: BrandingValues): BrandingConfig => ({
    product: values.PRODUCT_NAME,
    language: values.DEFAULT_LANGUAGE,
  }),
  crossChecks: () => [],
} satisfies SettingGroup<BrandingValues, BrandingConfig>
