/**
 * Languages that the gateway has texts of. To add one, start here: the compiler then requires its texts
 * (`src/locales`).
 */
export const LANGUAGES = ['en', 'ko'] as const

/** Tag of a language that the gateway has texts of. */
export type BuiltInLanguage = (typeof LANGUAGES)[number]

/** A language by its tag (BCP 47), such as `en` or `pt-BR`. */
export interface TaggedLanguage {
  readonly tag: string
}

/** The languages of a gateway, and the one without a preference. */
export interface LanguageChoice<Language extends TaggedLanguage> {
  readonly supported: readonly Language[]
  readonly fallback: Language
}

/** Scripts that are written from right to left, by their codes of ISO 15924. */
const RIGHT_TO_LEFT: readonly string[] = ['Adlm', 'Arab', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']

/** The direction of the text of a language, for the attribute `dir`. */
export function findDirection(language: string): 'ltr' | 'rtl' {
  const { script } = new Intl.Locale(language).maximize()
  return script !== undefined && RIGHT_TO_LEFT.includes(script) ? 'rtl' : 'ltr'
}

/** Longest preference that is parsed, in UTF-16 units; the rest is ignored. Browsers send under 100. */
const MAX_PREFERENCE_LENGTH = 256
/**
 * A language range of RFC 4647 §2.1, or the same with the underscores of mobile systems (`ko_KR`). ASCII
 * only, so that no other letter folds onto an ASCII one.
 */
const RANGE = /^(?:\*|[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)$/
/** A weight of RFC 9110 §12.4.2. */
const WEIGHT = /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/**
 * The first supported language among the preferences, else the fallback. `preferences`: BCP 47 tags or
 * `Accept-Language` headers, the strongest first; null and malformed ones are skipped. Matching is the lookup
 * of RFC 4647 §3.4: `ko-KR` selects `ko`.
 *
 * Written by hand because `negotiator` 1.1 accepts weights outside 0 to 1, unknown parameters and U+212A as a
 * `k`, and prefers `*` to a named range of lower weight.
 */
export function chooseLanguage<Language extends TaggedLanguage>(
  preferences: readonly (string | null)[],
  choice: LanguageChoice<Language>,
): Language {
  for (const preference of preferences) {
    const language = preference === null ? null : findLanguage(parseRanges(preference), choice)
    if (language !== null) return language
  }
  return choice.fallback
}

/**
 * The tag of the first supported language that an `Accept-Language` header names; null when it names none.
 * `*` names none.
 */
export function findNamedLanguage(
  header: string | null,
  supported: readonly TaggedLanguage[],
): string | null {
  return header === null ? null : (lookUpNamed(parseRanges(header), supported)?.tag ?? null)
}

interface Range {
  readonly range: string
  /** 0 to 1; 0: not acceptable. */
  readonly weight: number
}

/** Ranges by descending weight, in the given order within one weight. Malformed ones are skipped. */
function parseRanges(preference: string): Range[] {
  const ranges = preference
    .slice(0, MAX_PREFERENCE_LENGTH)
    .split(',')
    .flatMap((part) => {
      const [range = '', weight = 'q=1', ...rest] = part.split(';').map((piece) => piece.trim())
      const isRange = RANGE.test(range) && WEIGHT.test(weight) && rest.length === 0
      return isRange
        ? [{ range: range.toLowerCase().replaceAll('_', '-'), weight: Number(weight.slice(2)) }]
        : []
    })
  return ranges.sort((one, other) => other.weight - one.weight)
}

/** A named range first; then `*`, which matches the first language that is not excluded by `q=0`. */
function findLanguage<Language extends TaggedLanguage>(
  ranges: readonly Range[],
  { supported, fallback }: LanguageChoice<Language>,
): Language | null {
  const named = lookUpNamed(ranges, supported)
  if (named !== null) return named
  if (!ranges.some(({ range, weight }) => range === '*' && weight > 0)) return null
  const excluded = ranges.filter(({ weight }) => weight === 0).map(({ range }) => range)
  return [fallback, ...supported].find(({ tag }) => !excluded.includes(tag.toLowerCase())) ?? null
}

function lookUpNamed<Language extends TaggedLanguage>(
  ranges: readonly Range[],
  supported: readonly Language[],
): Language | null {
  for (const { range, weight } of ranges) {
    const language = weight > 0 ? lookUpRange(range, supported) : null
    if (language !== null) return language
  }
  return null
}

/** The language of the range, truncated subtag by subtag from the end until one matches. */
function lookUpRange<Language extends TaggedLanguage>(
  range: string,
  supported: readonly Language[],
): Language | null {
  const subtags = range.split('-')
  for (let length = subtags.length; length > 0; length -= 1) {
    const tag = subtags.slice(0, length).join('-')
    const language = supported.find((each) => each.tag.toLowerCase() === tag)
    if (language !== undefined) return language
  }
  return null
}
