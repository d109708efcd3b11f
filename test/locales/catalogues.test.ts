import { describe, expect, it } from 'vitest'
import { listPlaceholders } from '../../src/core/template.ts'
import { ERROR_CODES } from '../../src/core/errors.ts'
import { LANGUAGES, type Language } from '../../src/core/languages.ts'
import { OUTCOMES } from '../../src/core/outcomes.ts'
import { RESPONSES } from '../../src/locales/index.ts'
import { MESSAGES } from '../../src/locales/index.ts'

/** Texts that are the same in every language: words of a protocol, and a place alone. */
const EVERYWHERE = [
  'answers.requests.PERSISTED_QUERY_NOT_FOUND',
  'answers.requests.PERSISTED_QUERY_NOT_SUPPORTED',
  'notices.smsCode.short',
]

/** Every text with its path. */
function textsIn(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) throw new Error(`${path} is no text`)
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}.${key}`))
}

function textsOf(language: Language): Map<string, string> {
  return new Map([...textsIn(RESPONSES[language], 'answers'), ...textsIn(MESSAGES[language], 'notices')])
}

const english = textsOf('en')

describe('the catalogues', () => {
  it('are walked whole', () => {
    expect(english.size).toBeGreaterThan(100)
    expect([...english.keys()]).toContain('notices.told.phone-changed.sms')
  })

  it.each(LANGUAGES)('say everything in %s, with the same places, and nothing empty', (language) => {
    const texts = textsOf(language)
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [path, text] of texts) {
      expect([path, listPlaceholders(text).sort()]).toEqual([
        path,
        listPlaceholders(english.get(path) ?? '').sort(),
      ])
      expect([path, text.trim()]).toEqual([path, expect.stringMatching(/./) as string])
      // A brace too few is a hole that nobody would fill.
      expect([path, text.replace(/\{\{\w+\}\}/g, '')]).toEqual([
        path,
        expect.not.stringMatching(/[{}\r\n]/) as string,
      ])
    }
  })

  it.each(LANGUAGES.filter((language) => language !== 'en'))(
    'are in %s no copy of the English',
    (language) => {
      const copies = [...textsOf(language)].filter(([path, text]) => text === english.get(path))
      expect(copies.map(([path]) => path)).toEqual(EVERYWHERE)
    },
  )

  it('are Korean where they say so', () => {
    const foreign = [...textsOf('ko')].filter(
      ([path, text]) => !EVERYWHERE.includes(path) && !/[가-힣]/.test(text),
    )
    expect(foreign.map(([path]) => path)).toEqual([])
  })

  it('have a text for every refusal and every outcome, in every language', () => {
    for (const language of LANGUAGES) {
      expect(Object.keys(RESPONSES[language].refusals).sort()).toEqual(Object.keys(ERROR_CODES).sort())
      expect(Object.keys(RESPONSES[language].outcomes).sort()).toEqual(Object.keys(OUTCOMES).sort())
    }
  })
})
