import type { Texts } from './en.ts'

/** Languages of the app by their own names. */
export const LANGUAGES = { en: 'English', ko: '한국어' } as const

/** A language of the app. */
export type Language = keyof typeof LANGUAGES

/** Place of the chosen language in the storage of the browser. */
const STORED_AS = 'graphql-auth-gateway-language'

/** The language that was chosen here, else the first one that the browser prefers, else `fallback`. */
export function findLanguage(fallback = 'en'): Language {
  const preferred = [readStored(), ...navigator.languages, fallback]
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

/** Remembers the language. A browser without storage forgets it at the next visit. */
export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(STORED_AS, language)
  } catch {
    // The storage is blocked or full.
  }
}

/** Loads the texts of a language. */
export async function loadTexts(language: Language): Promise<Texts> {
  return language === 'ko' ? (await import('./ko.ts')).KO : (await import('./en.ts')).EN
}

function isLanguage(code: string): code is Language {
  return Object.hasOwn(LANGUAGES, code)
}

function readStored(): string {
  try {
    return localStorage.getItem(STORED_AS) ?? ''
  } catch {
    return ''
  }
}
