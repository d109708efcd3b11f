import { chooseLanguage, type Language } from '../core/languages.ts'

/** The language of one answer. */
export interface Speech {
  readonly language: Language
  /** Set when something has been said in it: the answer then names the language. */
  hasSpoken: boolean
}

/** The language that an `Accept-Language` header asks for, looked up when it is first needed. */
export function createSpeech(acceptLanguage: string | undefined, fallback: Language): Speech {
  let chosen: Language | undefined
  return {
    get language() {
      return (chosen ??= chooseLanguage([acceptLanguage ?? null], fallback))
    },
    hasSpoken: false,
  }
}
