import type { BuiltInLanguage } from '../core/languages.ts'
import { MESSAGES_EN } from './en/messages.ts'
import { PAGES_EN } from './en/pages.ts'
import { RESPONSES_EN } from './en/responses.ts'
import { MESSAGES_KO } from './ko/messages.ts'
import { PAGES_KO } from './ko/pages.ts'
import { RESPONSES_KO } from './ko/responses.ts'
import type { MessageTexts, PageTexts, ResponseTexts } from './types.ts'

/** Texts of responses, by language. */
export const RESPONSES: Readonly<Record<BuiltInLanguage, ResponseTexts>> = {
  en: RESPONSES_EN,
  ko: RESPONSES_KO,
}

/** Texts of e-mails and text messages, by language. */
export const MESSAGES: Readonly<Record<BuiltInLanguage, MessageTexts>> = { en: MESSAGES_EN, ko: MESSAGES_KO }

/** Texts of HTML pages, by language. */
export const PAGES: Readonly<Record<BuiltInLanguage, PageTexts>> = { en: PAGES_EN, ko: PAGES_KO }
