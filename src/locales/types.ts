import type { MESSAGES_EN } from './en/messages.ts'
import type { PAGES_EN } from './en/pages.ts'
import type { RESPONSES_EN } from './en/responses.ts'

/** A text for each key of the English catalogue, at every depth. */
type Translated<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string ? string : Translated<Texts[Key]>
}

/** Texts of responses in one language. */
export type ResponseTexts = Translated<typeof RESPONSES_EN>

/** Texts of e-mails and text messages in one language. */
export type MessageTexts = Translated<typeof MESSAGES_EN>

/** Texts of HTML pages in one language. */
export type PageTexts = Translated<typeof PAGES_EN>
