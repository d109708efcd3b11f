/** Supported languages. To add one, start here: the compiler then requires its texts (`src/locales`). */
export const LANGUAGES = ['en', 'ko'] as const

/** A supported language. */
export type Language = (typeof LANGUAGES)[number]

/** Longest preference that is parsed, in UTF-16 units; the rest is ignored. Browsers send under 100. */
const MAX_PREFERENCE_LENGTH = 256
/** A language range of RFC 4647 §2.1. ASCII only, so that no other letter folds onto an ASCII one. */
const RANGE = /^(?:\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)$/
/** A weight of RFC 9110 §12.4.2. */
const WEIGHT = /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/**
 * The first supported language among the preferences, else `fallback`. `preferences`: BCP 47 tags or
 * `Accept-Language` headers, the strongest first; null and malformed ones are skipped. Matching is the lookup
 * of RFC 4647 §3.4: `ko-KR` selects `ko`.
 *
 * Written by hand because `negotiator` 1.1 accepts weights outside 0 to 1, unknown parameters and U+212A as a
 * `k`, and prefers `*` to a named range of lower weight.
 */
export function chooseLanguage(preferences: readonly (string | null)[], fallback: Language): Language {
  for (const preference of preferences) {
    const language = preference === null ? null : findLanguage(parseRanges(preference), fallback)
    if (language !== null) return language
  }
  return fallback
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
      return isRange ? [{ range: range.toLowerCase(), weight: Number(weight.slice(2)) }] : []
    })
  return ranges.sort((one, other) => other.weight - one.weight)
}

/** A named range first; then `*`, which matches the first language that is not excluded by `q=0`. */
function findLanguage(ranges: readonly Range[], fallback: Language): Language | null {
  const named = ranges.filter(({ range, weight }) => range !== '*' && weight > 0)
  for (const { range } of named) {
    const language = lookUpRange(range)
    if (language !== null) return language
  }
  if (!ranges.some(({ range, weight }) => range === '*' && weight > 0)) return null
  const excluded = ranges.filter(({ weight }) => weight === 0).map(({ range }) => range)
  return [fallback, ...LANGUAGES].find((language) => !excluded.includes(language)) ?? null
}

/** The language of the range, truncated subtag by subtag from the end until one matches. */
function lookUpRange(range: string): Language | null {
  const subtags = range.split('-')
  for (let length = subtags.length; length > 0; length -= 1) {
    const tag = subtags.slice(0, length).join('-')
    const language = LANGUAGES.find((supported) => supported === tag)
    if (language !== undefined) return language
  }
  return null
}
