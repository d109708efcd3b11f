import { chooseLanguage, type Language } from '../core/languages.ts'

/** The language of one answer. */
export interface ResponseLanguage {
  readonly language: Language
  /** Set when something has been said in it: the answer then names the language. */
  used: boolean
}

/** The language that an `Accept-Language` header asks for, looked up when it is first needed. */
export function createResponseLanguage(
  acceptLanguage: string | undefined,
  fallback: Language,
): ResponseLanguage {
  let chosen: Language | undefined
  return {
    get language() {
      return (chosen ??= chooseLanguage([acceptLanguage ?? null], fallback))
    },
    used: false,
  }
}
