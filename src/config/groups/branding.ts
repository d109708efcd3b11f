import { z } from 'zod'
import { buildBrandColors, isReadableAccent, measureAccent } from '../../core/brand-colors.ts'
import type { Brand } from '../../core/brand.ts'
import type { ColorScheme } from '../../core/design-tokens.ts'
import { parseEmail } from '../../core/email-address.ts'
import { LANGUAGES } from '../../core/languages.ts'
import { MAX_MARK_BYTES, readMark, type Mark } from '../../core/mark.ts'
import { readPublicPath } from '../../core/public-path.ts'
import type { FolderFiles } from '../environment.ts'
import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { textMatching, webUrl } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const image = z
  .instanceof(Uint8Array)
  .transform((bytes, context): Mark => {
    const mark = readMark(bytes)
    if (typeof mark !== 'string') return mark
    context.addIssue({ code: 'custom', message: mark })
    return z.NEVER
  })
  .describe(`path of an SVG or PNG file of at most ${MAX_MARK_BYTES / 1024} KiB`)

const png = image
  .refine(({ type }) => type === 'image/png', 'a PNG file, because mail programs do not show SVG')
  .describe(`path of a PNG file of at most ${MAX_MARK_BYTES / 1024} KiB`)

/** A colour that can be read in a scheme; the problem names its contrast, so that it can be corrected. */
function accentColor(scheme: ColorScheme) {
  return z
    .string()
    .regex(/^#[\da-f]{6}$/i, { message: 'a colour such as #1d4ed8', abort: true })
    .superRefine((color, context) => {
      if (isReadableAccent(color, scheme)) return
      const contrast = (Math.floor(measureAccent(color, scheme) * 100) / 100).toFixed(2)
      const message = `a colour with a contrast of at least 4.5:1 to the ${scheme} surfaces and to the text of buttons; this one has ${contrast}:1`
      context.addIssue({ code: 'custom', message })
    })
    .transform((color) => color.toLowerCase())
    .describe('a colour such as `#1d4ed8`')
}

const folder = z.instanceof<typeof Map<string, string>>(Map).describe('path of a folder')

/** A language with region or script (BCP 47), in canonical case. */
const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/

const settings = {
  PRODUCT_NAME: {
    // A single line: it is part of subjects and text messages.
    type: textMatching(/^[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u, 'a name of 1 to 60 characters on one line').default(
      'GraphQL Auth Gateway',
    ),
    doc: 'Name of the service in messages and on pages.',
  },
  PRODUCT_MARK: {
    type: image.optional(),
    isPath: 'bytes',
    doc: 'Picture before the name on pages, 32 pixels high. An SVG that could run or load something is rejected: scripts, styles, references to other files. A PNG stands in e-mails too.',
    fallback: 'none',
  },
  PRODUCT_MARK_MAIL: {
    type: png.optional(),
    isPath: 'bytes',
    doc: 'Picture before the name in e-mails, 32 pixels high; make it 64 pixels high for sharp screens.',
    fallback: '`PRODUCT_MARK` if it is a PNG, otherwise none',
  },
  ACCENT_COLOR: {
    type: accentColor('light').optional(),
    doc: 'Colour of buttons and links on pages, in e-mails and in the app. It needs a contrast of 4.5:1 to the light surfaces and to white.',
    fallback: '`#1d4ed8`',
  },
  ACCENT_COLOR_DARK: {
    type: accentColor('dark').optional(),
    doc: 'The same in dark mode, with a contrast of 4.5:1 to the dark surfaces and to the dark text of buttons.',
    fallback: '`ACCENT_COLOR` with as much white as it needs, otherwise `#9dbaff`',
  },
  SUPPORT_EMAIL: {
    type: z
      .string()
      .refine((text) => parseEmail(text) === text, 'an e-mail address in lower case')
      .describe('an e-mail address')
      .optional(),
    doc: 'Address for questions, on pages and in e-mails.',
    fallback: 'none',
  },
  TERMS_URL: {
    type: webUrl.optional(),
    doc: 'Terms of service, linked on pages and in e-mails. Production requires `https://`.',
    fallback: 'none',
  },
  PRIVACY_URL: {
    type: webUrl.optional(),
    doc: 'Privacy notice, linked on pages and in e-mails. Production requires `https://`.',
    fallback: 'none',
  },
  APP_URL: {
    type: webUrl.optional(),
    doc: 'App that pages lead to when they are done.',
    fallback: '`/app` of the gateway; none in production',
  },
  TEMPLATES_DIR: {
    type: folder.optional(),
    isPath: 'folder',
    doc: 'Templates of e-mails that replace those of the gateway ([branding.md](branding.md#templates)). They are checked at the start.',
    fallback: 'the templates of the gateway',
  },
  LOCALES_DIR: {
    type: folder.optional(),
    isPath: 'folder',
    doc: 'Further languages, a folder each, such as `fr` with `messages.json`, `pages.json` and `responses.json` ([branding.md](branding.md#languages)). They are checked at the start; one of the same tag replaces a language of the gateway.',
    fallback: '`en` and `ko`',
  },
  DEFAULT_LANGUAGE: {
    type: textMatching(LANGUAGE_TAG, 'the tag of a language, such as en or ko').default('en'),
    doc: 'Language of messages and responses when the client requests none that is supported: `en`, `ko` or a language of `LOCALES_DIR`.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type BrandingValues = ValuesOf<typeof settings>

type Values = BrandingValues & ServerValues

/** How the service presents itself, and in which language. */
export interface BrandingConfig extends Brand {
  /** Files of `LOCALES_DIR` by path; null: none. */
  readonly localeFiles: FolderFiles | null
  /** Files of `TEMPLATES_DIR` by path; null: none. */
  readonly templateFiles: FolderFiles | null
  /** Tag of the language without a preference. */
  readonly language: string
}

/** Settings of the name, the look and the language of the service. */
export const brandingGroup = {
  title: 'Branding',
  settings,
  toConfig: (values: Values): BrandingConfig => ({
    product: values.PRODUCT_NAME,
    mark: values.PRODUCT_MARK ?? null,
    mailMark: values.PRODUCT_MARK_MAIL ?? toMailMark(values.PRODUCT_MARK),
    colors: buildBrandColors({
      light: values.ACCENT_COLOR ?? null,
      dark: values.ACCENT_COLOR_DARK ?? null,
    }),
    support: values.SUPPORT_EMAIL ?? null,
    terms: values.TERMS_URL ?? null,
    privacy: values.PRIVACY_URL ?? null,
    app: values.APP_URL ?? toOwnApp(values),
    localeFiles: values.LOCALES_DIR ?? null,
    templateFiles: values.TEMPLATES_DIR ?? null,
    language: values.DEFAULT_LANGUAGE,
  }),
  crossChecks: (values: Values) => [
    ...(['TERMS_URL', 'PRIVACY_URL', 'APP_URL'] as const).map((name): CrossCheck => [
      values.NODE_ENV === 'production' && values[name]?.startsWith('http:') === true,
      `${name}: must be https:// in production`,
    ]),
    [
      !hasTexts(values, values.DEFAULT_LANGUAGE),
      `DEFAULT_LANGUAGE: must be ${LANGUAGES.join(', ')} or a language of LOCALES_DIR`,
    ],
  ],
} satisfies SettingGroup<Values, BrandingConfig>

function hasTexts({ LOCALES_DIR: files }: Values, tag: string): boolean {
  const isBuiltIn = LANGUAGES.some((language) => language === tag)
  return isBuiltIn || [...(files?.keys() ?? [])].some((path) => path.startsWith(`${tag}/`))
}

function toMailMark(mark: Mark | undefined): Mark | null {
  return mark?.type === 'image/png' ? mark : null
}

/** The example app, which only development serves. */
function toOwnApp({ NODE_ENV: environment, PUBLIC_URL: publicUrl }: Values): string | null {
  return environment === 'production' ? null : `${readPublicPath(publicUrl ?? null)}/app`
}
