/** The languages that the gateway speaks. A new one begins here: the compiler then asks for its texts (`src/texts`). */
export const LANGUAGES = ['en', 'ko'] as const

/** A language that the gateway speaks. */
export type Language = (typeof LANGUAGES)[number]

/** Longest wish that is read, in UTF-16 units; the rest is not looked at. Browsers send under 100. */
const LONGEST_WISH = 256
/** A language range of RFC 4647 §2.1. ASCII alone, so that no other letter folds onto one. */
const RANGE = /^(?:\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)$/
/** A weight of RFC 9110 §12.4.2. */
const WEIGHT = /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/**
 * The first language that fits, else `fallback`. `wishes`: BCP 47 tags or `Accept-Language` headers, the most binding first;
 * nulls and what is no wish are passed over. Each is looked up by RFC 4647 §3.4: `ko-KR` is served in `ko`.
 */
export function chooseLanguage(wishes: readonly (string | null)[], fallback: Language): Language {
  for (const wish of wishes) {
    const language = wish === null ? null : lookUp(rangesOf(wish), fallback)
    if (language !== null) return language
  }
  return fallback
}

interface Range {
  readonly range: string
  /** 0 to 1; 0 is not wanted. */
  readonly weight: number
}

/** Ranges with their weights, the heaviest first, in the order given where they weigh the same. Malformed ones are left out. */
function rangesOf(wish: string): Range[] {
  const ranges = wish
    .slice(0, LONGEST_WISH)
    .split(',')
    .flatMap((part) => {
      const [range = '', weight = 'q=1', ...rest] = part.split(';').map((piece) => piece.trim())
      const isRange = RANGE.test(range) && WEIGHT.test(weight) && rest.length === 0
      return isRange ? [{ range: range.toLowerCase(), weight: Number(weight.slice(2)) }] : []
    })
  return ranges.sort((one, other) => other.weight - one.weight)
}

/** `*` stands for whatever nobody has refused, once no range by name fits. */
function lookUp(ranges: readonly Range[], fallback: Language): Language | null {
  const named = ranges.filter(({ range, weight }) => range !== '*' && weight > 0)
  for (const { range } of named) {
    const language = spokenOf(range)
    if (language !== null) return language
  }
  if (!ranges.some(({ range, weight }) => range === '*' && weight > 0)) return null
  const refused = ranges.filter(({ weight }) => weight === 0).map(({ range }) => range)
  return [fallback, ...LANGUAGES].find((language) => !refused.includes(language)) ?? null
}

/** The range itself or what is left of it when its last parts are cut off, one by one. */
function spokenOf(range: string): Language | null {
  const parts = range.split('-')
  for (let length = parts.length; length > 0; length -= 1) {
    const tag = parts.slice(0, length).join('-')
    const language = LANGUAGES.find((spoken) => spoken === tag)
    if (language !== undefined) return language
  }
  return null
}
