import type { ColorScheme, Colors } from './design-tokens.ts'
import type { Mark } from './mark.ts'

/** How the service presents itself on pages, in messages and in the app. */
export interface Brand {
  /** Name of the service, on one line. */
  readonly product: string
  /** The picture before the name on pages; null: none. */
  readonly mark: Mark | null
  /** The picture before the name in e-mails, always a PNG; null: none. */
  readonly mailMark: Mark | null
  readonly colors: Readonly<Record<ColorScheme, Colors>>
  /** E-mail address for questions; null: none. */
  readonly support: string | null
  /** URL of the terms of service; null: none. */
  readonly terms: string | null
  /** URL of the privacy notice; null: none. */
  readonly privacy: string | null
  /** URL or path of the app that pages lead to; null: none. */
  readonly app: string | null
}
