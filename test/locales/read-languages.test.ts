import { describe, expect, it } from 'vitest'
import { MESSAGES, PAGES, RESPONSES } from '../../src/locales/index.ts'
import { createLanguages } from '../../src/locales/languages.ts'
import { readLanguages } from '../../src/locales/read-languages.ts'
import { toFolder } from './language-folder.ts'

const read = (files: Record<string, string>) => readLanguages(new Map(Object.entries(files)))

function findProblems(files: Record<string, string>): readonly string[] {
  const result = read(files)
  return result.kind === 'invalid' ? result.problems : []
}

/** A complete folder with one file changed. */
function withChange(
  name: string,
  change: (catalogue: Record<string, never>) => void,
): Record<string, string> {
  const files = toFolder('fr')
  const catalogue = JSON.parse(files[`fr/${name}`] ?? '') as Record<string, never>
  change(catalogue)
  return { ...files, [`fr/${name}`]: JSON.stringify(catalogue) }
}

describe('a folder of languages', () => {
  it('adds languages, with their direction, and replaces one of the same tag', () => {
    const result = read({ ...toFolder('fr'), ...toFolder('ar'), ...toFolder('ko') })
    if (result.kind !== 'read') throw new Error(result.problems.join())
    const { fallback, supported } = createLanguages('fr', result.languages)
    expect(fallback.messages.code.LOGIN.subject).toBe('[fr] Your sign-in code')
    expect(supported.map(({ tag, direction }) => `${tag} ${direction}`)).toEqual([
      'en ltr',
      'ko ltr',
      'fr ltr',
      'ar rtl',
    ])
    expect(supported[1]?.pages.verifyEmail.title).toBe('[ko] Confirm your e-mail address')
    expect(() => createLanguages('de', result.languages)).toThrow(RangeError)
  })

  it('is refused without a text, with the key that is missing (SR-280)', () => {
    const files = withChange('messages.json', (texts: { code?: { LOGIN?: object } }) => {
      delete texts.code?.LOGIN
    })
    expect(findProblems(files)).toEqual(
      Object.keys(MESSAGES.en.code.LOGIN).map((key) => `fr/messages.json: missing code.LOGIN.${key}`),
    )
    const { 'fr/pages.json': _pages, ...rest } = toFolder('fr')
    expect(findProblems(rest)).toEqual(['fr/pages.json: is missing'])
  })

  it.each([
    ['an unknown key', { extra: 'x' }, 'extra is not known'],
    ['no text', { title: 7 }, 'title must be a text'],
    ['an empty text', { title: ' ' }, 'title must be a text'],
    ['a line break', { title: 'a\nb' }, 'title must be one line without control characters'],
    ['a mark of direction', { title: 'a\u202Eb' }, 'title must be one line without control characters'],
    ['a placeholder of its own', { title: '{{code}}' }, 'title must have no placeholder'],
    ['braces', { title: '{{ x }}' }, 'title has braces that are no placeholder'],
  ])('is refused with %s (SR-280)', (_what, change, problem) => {
    const files = withChange('pages.json', (texts: { verifyEmail?: object }) => {
      Object.assign(texts.verifyEmail ?? {}, change)
    })
    expect(findProblems(files)).toEqual([`fr/pages.json: verifyEmail.${problem}`])
  })

  it('is refused without a placeholder, and with a protocol text that clients compare changed (SR-280)', () => {
    const unnamed = withChange('messages.json', (texts: { smsCode?: { full: string } }) => {
      if (texts.smsCode) texts.smsCode.full = 'Code'
    })
    expect(findProblems(unnamed)).toEqual([
      'fr/messages.json: smsCode.full must have the placeholders {{duration}} {{line}} {{product}}',
    ])
    const translated = withChange('responses.json', (texts: { requests?: Record<string, string> }) => {
      if (texts.requests) texts.requests['PERSISTED_QUERY_NOT_FOUND'] = 'Introuvable'
    })
    expect(findProblems(translated)).toEqual([
      'fr/responses.json: requests.PERSISTED_QUERY_NOT_FOUND must be "PersistedQueryNotFound"',
    ])
  })

  it('is refused with files that are not JSON, and with paths that belong to no language', () => {
    expect(findProblems({ ...toFolder('fr'), 'fr/pages.json': '{' })).toEqual([
      'fr/pages.json: expected a JSON object',
    ])
    for (const path of ['README.md', 'fr/mails.json', 'fr/a/pages.json', 'FR/pages.json', '../fr/pages.json'])
      expect(findProblems({ [path]: '{}' })[0]).toMatch(/: expected a path such as fr\/messages\.json/)
  })

  it('reports ten problems of a file at most', () => {
    const problems = findProblems({ ...toFolder('fr'), 'fr/responses.json': '{}' })
    expect(problems).toHaveLength(11)
    expect(problems.at(-1)).toMatch(/^fr\/responses\.json: \d+ more problems$/)
  })

  it('may have plural forms that English does not have', () => {
    const files = withChange('messages.json', (texts: { minutes?: object }) => {
      Object.assign(texts.minutes ?? {}, { few: '{{count}} minuty' })
    })
    expect(read(files).kind).toBe('read')
  })

  it('can be the catalogues of the gateway themselves', () => {
    const files = { 'messages.json': MESSAGES.ko, 'pages.json': PAGES.ko, 'responses.json': RESPONSES.ko }
    const folder = Object.entries(files).map(([name, texts]) => [`fr/${name}`, JSON.stringify(texts)])
    expect(findProblems(Object.fromEntries(folder) as Record<string, string>)).toEqual([])
  })
})
