import type { Language } from '../core/languages.ts'
import type { Catalogue } from './catalogue.ts'
import { ENGLISH } from './english.ts'
import { KOREAN } from './korean.ts'

/** What answers say, by language. What messages say is in `notices.ts`. */
export const ANSWERS: Readonly<Record<Language, Catalogue>> = { en: ENGLISH, ko: KOREAN }
