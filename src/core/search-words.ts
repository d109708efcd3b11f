/** Runs of letters and digits, as the indexes of both databases divide texts. */
const WORD = /[\p{L}\p{Nd}]+/gu

/**
 * The distinct words of a search text. They contain no character with a meaning in the query languages of the
 * databases. Case and diacritics are left to the index, which treats the stored texts the same way.
 */
export function parseSearchWords(text: string): readonly string[] {
  return [...new Set(text.normalize('NFC').match(WORD) ?? [])]
}
