import { chooseLanguage } from '../core/languages.ts'
import type { Language, Languages } from '../locales/languages.ts'

/** The language of one response. */
export interface ResponseLanguage {
  readonly language: Language
  /** Whether the response has text in it, and needs `Content-Language`. */
  used: boolean
}

/** Negotiates the language from `Accept-Language`, when it is first needed. */
export function createResponseLanguage(
  acceptLanguage: string | undefined,
  languages: Languages,
): ResponseLanguage {
  let chosen: Language | undefined
  return {
    get language() {
      return (chosen ??= chooseLanguage([acceptLanguage ?? null], languages))
    },
    used: false,
  }
}
