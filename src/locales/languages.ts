import { LANGUAGES, findDirection, type LanguageChoice } from '../core/languages.ts'
import { MESSAGES, PAGES, RESPONSES } from './index.ts'
import type { MessageTexts, PageTexts, ResponseTexts } from './types.ts'

/** A language with its texts. */
export interface Language {
  /** BCP 47 tag, such as `en` or `pt-BR`. */
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  readonly responses: ResponseTexts
  readonly messages: MessageTexts
  readonly pages: PageTexts
}

/** The languages of a gateway. */
export type Languages = LanguageChoice<Language>

/**
 * The languages of the gateway and those of the operator, which replace one of the same tag. Throws a
 * RangeError if the fallback is none of them.
 */
export function createLanguages(fallbackTag: string, further: readonly Language[] = []): Languages {
  const builtIn = LANGUAGES.map((tag) => ({
    tag,
    direction: findDirection(tag),
    responses: RESPONSES[tag],
    messages: MESSAGES[tag],
    pages: PAGES[tag],
  }))
  const languages = new Map(
    [...builtIn, ...further].map((language): [string, Language] => [language.tag, language]),
  )
  const fallback = languages.get(fallbackTag)
  if (fallback === undefined) throw new RangeError(`There are no texts in ${fallbackTag}.`)
  return { fallback, supported: [...languages.values()] }
}
