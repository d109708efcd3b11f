/** Why a password is one that somebody would guess. */
export type PasswordWeakness = 'COMMON_PASSWORD' | 'PERSONAL_PASSWORD'

/** Fewest letters or digits of somebody's own that make a password more than a word and its padding. */
const LEAST_OWN = 4
/** Longest pattern whose repetition is tried by whoever guesses. */
const LONGEST_PATTERN = 4
/**
 * Longest run or repetition that is refused. Lists of guesses hold the short ones; beyond it the length itself was chosen, and
 * any 64 characters are to be accepted (NIST SP 800-63B-4 §3.1.1.2).
 */
const LONGEST_RUN = 32

/**
 * Whether guessers find a password early (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.4 and 6.2.11): a common one, also with digits
 * and signs around it or within it, or doubled; a run such as `abcdefghijkl` or a pattern repeated; or one that has nothing of
 * its own beside the names in `context`. Case and the width of letters make no difference here, and nowhere else.
 */
export function weaknessOf(
  password: string,
  context: readonly string[],
  isCommon: (word: string) => boolean,
): PasswordWeakness | null {
  const text = fold(password)
  if (isGuessable(text, isCommon)) return 'COMMON_PASSWORD'
  const own = wordsOf(context).reduce((left, word) => left.replaceAll(word, ''), text)
  if (own === text) return null
  const letters = own.replace(/[^\p{L}]/gu, '')
  return letters.length < LEAST_OWN || isGuessable(own, isCommon) ? 'PERSONAL_PASSWORD' : null
}

function isGuessable(text: string, isCommon: (word: string) => boolean): boolean {
  const pattern = patternOf(text)
  const short = text.length <= LONGEST_RUN
  return (
    isCommonPadded(text, isCommon) ||
    (pattern !== null && isCommonPadded(pattern, isCommon)) ||
    (short && (isRun(text) || (pattern !== null && pattern.length <= LONGEST_PATTERN)))
  )
}

function isCommonPadded(text: string, isCommon: (word: string) => boolean): boolean {
  const unpadded = [text, text.replace(/[^\p{L}\p{N}]/gu, '')].map(withoutPadding)
  return [text, ...unpadded.filter((word) => word.length >= LEAST_OWN)].some(isCommon)
}

function withoutPadding(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}

/** The shortest text that gives this one when it is written again and again, the last time perhaps not to its end; null where there is none. */
function patternOf(text: string): string | null {
  const units = [...text]
  for (let length = 1; length <= units.length / 2; length += 1)
    if (units.every((unit, index) => index < length || unit === units[index - length]))
      return units.slice(0, length).join('')
  return null
}

/** Whether each character follows the one before it, up or down; after 9 comes 0, after z comes a. */
function isRun(text: string): boolean {
  const steps = [...text].map((unit) => unit.codePointAt(0) ?? 0)
  return [1, -1].some((step) =>
    steps.every((unit, index) => {
      const gap = unit - (steps[index - 1] ?? unit - step)
      return gap === step || gap === -9 * step || gap === -25 * step
    }),
  )
}

/** The names in some texts, the longest first: each text, and each part of it of three letters or digits and more. */
function wordsOf(context: readonly string[]): string[] {
  const words = context.map(fold).flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
  return [...new Set(words)].filter((word) => [...word].length >= 3).sort((a, b) => b.length - a.length)
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
