/** Why a password is easy to guess. */
export type PasswordWeakness = 'COMMON_PASSWORD' | 'PERSONAL_PASSWORD'

/** Fewest letters or digits that must remain when padding or personal words are removed. */
const MIN_REMAINDER = 4
/** Longest pattern whose repetition is considered guessable. */
const MAX_PATTERN = 4
/**
 * Longest run or repetition that is rejected. Guessing lists contain short ones only, and any 64 characters
 * must be accepted (NIST SP 800-63B-4 §3.1.1.2).
 */
const MAX_RUN = 32

/**
 * Why a password is easy to guess, or null (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.4 and 6.2.11): a common
 * password, also padded with digits and signs or repeated; a run such as `abcdefghijkl` or a repeated
 * pattern; or a password that contains little besides the names in `context`. Case and letter width are
 * ignored by this check only.
 *
 * Written by hand because a strength estimate such as zxcvbn's is a score, not a rule that a message can
 * explain.
 */
export function findPasswordWeakness(
  password: string,
  context: readonly string[],
  isCommon: (word: string) => boolean,
): PasswordWeakness | null {
  const text = fold(password)
  if (isGuessable(text, isCommon)) return 'COMMON_PASSWORD'
  const remainder = splitContext(context).reduce((left, word) => left.replaceAll(word, ''), text)
  if (remainder === text) return null
  const letters = remainder.replace(/[^\p{L}]/gu, '')
  return letters.length < MIN_REMAINDER || isGuessable(remainder, isCommon) ? 'PERSONAL_PASSWORD' : null
}

function isGuessable(text: string, isCommon: (word: string) => boolean): boolean {
  const pattern = findPattern(text)
  const isShort = text.length <= MAX_RUN
  return (
    isCommonPadded(text, isCommon) ||
    (pattern !== null && isCommonPadded(pattern, isCommon)) ||
    (isShort && (isRun(text) || (pattern !== null && pattern.length <= MAX_PATTERN)))
  )
}

function isCommonPadded(text: string, isCommon: (word: string) => boolean): boolean {
  const unpadded = [text, text.replace(/[^\p{L}\p{N}]/gu, '')].map(removePadding)
  return [text, ...unpadded.filter((word) => word.length >= MIN_REMAINDER)].some(isCommon)
}

function removePadding(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}

/**
 * The shortest pattern whose repetition is the text, the last one possibly cut off; null if there is none.
 */
function findPattern(text: string): string | null {
  const units = [...text]
  for (let length = 1; length <= units.length / 2; length += 1)
    if (units.every((unit, index) => index < length || unit === units[index - length]))
      return units.slice(0, length).join('')
  return null
}

/** Whether the characters are consecutive, ascending or descending; 0 follows 9 and a follows z. */
function isRun(text: string): boolean {
  const steps = [...text].map((unit) => unit.codePointAt(0) ?? 0)
  return [1, -1].some((step) =>
    steps.every((unit, index) => {
      const gap = unit - (steps[index - 1] ?? unit - step)
      return gap === step || gap === -9 * step || gap === -25 * step
    }),
  )
}

/**
 * The words of some texts, the longest first: each text, and each of its parts with at least three letters or
 * digits.
 */
function splitContext(context: readonly string[]): string[] {
  const words = context.map(fold).flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
  return [...new Set(words)].filter((word) => [...word].length >= 3).sort((a, b) => b.length - a.length)
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
