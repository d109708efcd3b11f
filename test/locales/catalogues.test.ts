import { describe, expect, it } from 'vitest'
import { listPlaceholders } from '../../src/core/template.ts'
import { ERROR_CODES } from '../../src/core/errors.ts'
import { LANGUAGES, type BuiltInLanguage } from '../../src/core/languages.ts'
import { OUTCOMES } from '../../src/core/outcomes.ts'
import { MESSAGES, PAGES, RESPONSES } from '../../src/locales/index.ts'

/** Texts that are the same in every language: texts of a protocol, and placeholders alone. */
const EVERYWHERE = [
  'responses.requests.PERSISTED_QUERY_NOT_FOUND',
  'responses.requests.PERSISTED_QUERY_NOT_SUPPORTED',
  'messages.smsCode.short',
  'messages.origin.sms',
]

/** Every text of a catalogue with its path. */
function listTexts(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) throw new Error(`${path} is not a text`)
  return Object.entries(value).flatMap(([key, inner]) => listTexts(inner, `${path}.${key}`))
}

function textsIn(language: BuiltInLanguage): Map<string, string> {
  return new Map([
    ...listTexts(RESPONSES[language], 'responses'),
    ...listTexts(MESSAGES[language], 'messages'),
    ...listTexts(PAGES[language], 'pages'),
  ])
}

const english = textsIn('en')

describe('the catalogues', () => {
  it('are read to every depth', () => {
    expect(english.size).toBeGreaterThan(100)
    expect([...english.keys()]).toContain('messages.notices.phone-changed.sms')
    expect([...english.keys()]).toContain('pages.verifyEmail.button')
  })

  it.each(LANGUAGES)('have every text in %s, with the same placeholders, and none empty', (language) => {
    const texts = textsIn(language)
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [path, text] of texts) {
      expect([path, listPlaceholders(text).sort()]).toEqual([
        path,
        listPlaceholders(english.get(path) ?? '').sort(),
      ])
      expect([path, text.trim()]).toEqual([path, expect.stringMatching(/./) as string])
      // A malformed placeholder would be sent as it is.
      expect([path, text.replace(/\{\{\w+\}\}/g, '')]).toEqual([
        path,
        expect.not.stringMatching(/[{}\r\n]/) as string,
      ])
    }
  })

  it.each(LANGUAGES.filter((language) => language !== 'en'))(
    'contain no copy of the English text in %s',
    (language) => {
      const copies = [...textsIn(language)].filter(([path, text]) => text === english.get(path))
      expect(copies.map(([path]) => path)).toEqual(EVERYWHERE)
    },
  )

  it('contain Korean letters in every Korean text', () => {
    const foreign = [...textsIn('ko')].filter(
      ([path, text]) => !EVERYWHERE.includes(path) && !/[가-힣]/.test(text),
    )
    expect(foreign.map(([path]) => path)).toEqual([])
  })

  it('have a text for every error code and every outcome, in every language', () => {
    for (const language of LANGUAGES) {
      expect(Object.keys(RESPONSES[language].refusals).sort()).toEqual(Object.keys(ERROR_CODES).sort())
      expect(Object.keys(RESPONSES[language].outcomes).sort()).toEqual([...OUTCOMES].sort())
    }
  })
})
