import { findDirection } from '../core/languages.ts'
import { listPlaceholders } from '../core/template.ts'
import { MESSAGES, PAGES, RESPONSES } from './index.ts'
import type { Language } from './languages.ts'

/** The languages of a folder, or what is wrong with them: lines such as `fr/pages.json: missing …`. */
export type ReadLanguages =
  | { readonly kind: 'read'; readonly languages: readonly Language[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/** The English texts by file: their keys and placeholders are what every language must have. */
const CATALOGUES = {
  'messages.json': MESSAGES.en,
  'pages.json': PAGES.en,
  'responses.json': RESPONSES.en,
} as const
/** Texts that clients compare. */
const PROTOCOL_TEXTS: readonly string[] = [
  'requests.PERSISTED_QUERY_NOT_FOUND',
  'requests.PERSISTED_QUERY_NOT_SUPPORTED',
]
/** Plural categories that English does not have and another language may need. */
const FURTHER_FORMS = /^(minutes|hours)\.(zero|two|few|many)$/
/** Most problems of one file that are reported. */
const MAX_PROBLEMS = 10

/**
 * Reads further languages, a folder each. Every text of the English catalogue is required, with the same
 * placeholders: a message that is half English would confuse its reader, so no text is borrowed from another
 * language.
 */
export function readLanguages(files: ReadonlyMap<string, string>): ReadLanguages {
  const folders = [...new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))]
  const problems = [...files.keys()].filter((path) => !isKnown(path)).map(describeUnknown)
  const languages = folders.filter(isTag).map((tag) => {
    const read = (name: keyof typeof CATALOGUES) => readCatalogue(files, `${tag}/${name}`, name, problems)
    return {
      ...{ tag, direction: findDirection(tag) },
      messages: read('messages.json') as Language['messages'],
      pages: read('pages.json') as Language['pages'],
      responses: read('responses.json') as Language['responses'],
    }
  })
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'read', languages }
}

function isKnown(path: string): boolean {
  const [tag = '', name = '', ...rest] = path.split('/')
  return isTag(tag) && name in CATALOGUES && rest.length === 0
}

function describeUnknown(path: string): string {
  return `${path}: expected a path such as fr/messages.json, fr/pages.json or fr/responses.json`
}

/** Whether a text is a tag in its canonical form, such as `pt-BR`. */
function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text)[0] === text
  } catch {
    return false
  }
}

/** The texts of a file as they are. Adds its problems to the list. */
function readCatalogue(
  files: ReadonlyMap<string, string>,
  path: string,
  name: keyof typeof CATALOGUES,
  problems: string[],
): unknown {
  const content = files.get(path)
  if (content === undefined) return void problems.push(`${path}: is missing`)
  const catalogue = parseJson(content)
  if (catalogue === null) return void problems.push(`${path}: expected a JSON object`)
  const found = findProblems(listTexts(CATALOGUES[name]), listTexts(catalogue))
  problems.push(...found.slice(0, MAX_PROBLEMS).map((problem) => `${path}: ${problem}`))
  if (found.length > MAX_PROBLEMS) problems.push(`${path}: ${found.length - MAX_PROBLEMS} more problems`)
  return catalogue
}

function parseJson(content: string): object | null {
  try {
    const value: unknown = JSON.parse(content)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** Every text of a catalogue by its path; what is no text has an undefined one. */
function listTexts(value: unknown, path = ''): Map<string, string | undefined> {
  if (typeof value !== 'object' || value === null)
    return new Map([[path, typeof value === 'string' ? value : undefined]])
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...listTexts(inner, path === '' ? key : `${path}.${key}`),
    ]),
  )
}

function findProblems(
  expected: ReadonlyMap<string, string | undefined>,
  given: ReadonlyMap<string, string | undefined>,
): string[] {
  const missing = [...expected.keys()].filter((path) => !given.has(path)).map((path) => `missing ${path}`)
  const rest = [...given].flatMap(([path, text]) => {
    const pattern = FURTHER_FORMS.test(path)
      ? expected.get(path.replace(/\w+$/, 'other'))
      : expected.get(path)
    const problem = pattern === undefined ? 'is not known' : findTextProblem(path, text, pattern)
    return problem === null ? [] : [`${path} ${problem}`]
  })
  return [...missing, ...rest]
}

function findTextProblem(path: string, text: string | undefined, pattern: string): string | null {
  if (text === undefined || text.trim() === '') return 'must be a text'
  if (PROTOCOL_TEXTS.includes(path)) return text === pattern ? null : `must be "${pattern}"`
  // A line break would start another header of an e-mail; a mark of direction could disguise a link.
  if (/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(text))
    return 'must be one line without control characters'
  const [given, wanted] = [listPlaceholders(text).sort(), listPlaceholders(pattern).sort()]
  if (given.join() !== wanted.join())
    return wanted.length === 0
      ? 'must have no placeholder'
      : `must have the placeholders ${wanted.map((name) => `{{${name}}}`).join(' ')}`
  return /[{}]/.test(text.replace(/\{\{\w+\}\}/g, '')) ? 'has braces that are no placeholder' : null
}
