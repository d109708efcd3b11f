import type { Language } from '../core/languages.ts'
import type { NoticeCatalogue } from './catalogue.ts'
import { NOTICES_ENGLISH } from './notices-english.ts'
import { NOTICES_KOREAN } from './notices-korean.ts'

/** What messages say, by language. */
export const NOTICES: Readonly<Record<Language, NoticeCatalogue>> = {
  en: NOTICES_ENGLISH,
  ko: NOTICES_KOREAN,
}
