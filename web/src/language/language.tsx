import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { EN } from './en.ts'
import { LANGUAGES, loadTexts, storeLanguage, type Language } from './languages.ts'
import type { Texts } from './en.ts'

interface LanguageValue {
  readonly language: Language
  readonly texts: Texts
  readonly choose: (language: Language) => void
}

/** Writes a time of the gateway. */
type FormatTime = (text: string) => string

const LanguageContext = createContext<LanguageValue>({ language: 'en', texts: EN, choose: () => undefined })

/** Gives all screens below their texts. Starts with the texts of `language`, which must be loaded. */
export function LanguageProvider(props: { language: Language; texts: Texts; children: ReactNode }) {
  const [current, setCurrent] = useState({ language: props.language, texts: props.texts })
  const choose = useCallback((language: Language) => {
    storeLanguage(language)
    void loadTexts(language).then((texts) => setCurrent({ language, texts }))
  }, [])
  useEffect(() => {
    document.documentElement.lang = current.language
  }, [current.language])
  const value = useMemo(() => ({ ...current, choose }), [current, choose])
  return <LanguageContext value={value}>{props.children}</LanguageContext>
}

/** The texts in the language of the app. */
export function useTexts(): Texts {
  return use(LanguageContext).texts
}

/** The language of the app, and the function that changes it. */
export function useLanguage(): Pick<LanguageValue, 'language' | 'choose'> {
  return use(LanguageContext)
}

/** Functions that write a time in the language of the app and the zone of the reader. */
export function useTimeFormat(): { readonly time: FormatTime; readonly date: FormatTime } {
  const { language } = useLanguage()
  return useMemo(() => {
    // The reader's own form of the language, such as British English.
    const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
    const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
    const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
    return {
      time: (text) => time.format(new Date(text)),
      date: (text) => date.format(new Date(text)),
    }
  }, [language])
}

/** Buttons for the languages of the app. */
export function LanguageChoice() {
  const { language, choose } = useLanguage()
  const texts = useTexts()
  return (
    <div className="choice" role="group" aria-label={texts.language.label}>
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <button
          key={code}
          type="button"
          className="choice-option"
          lang={code}
          aria-pressed={code === language}
          onClick={() => choose(code as Language)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
