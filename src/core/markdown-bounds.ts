/**
 * Bounds of Markdown that is rendered. All are counted, none is timed, so that a text is accepted or rejected
 * on every machine alike. `docs/limits.md` lists them.
 */
export interface MarkdownBounds {
  /** Most tokens of the parser: blocks, table cells, code, links, breaks and marks of emphasis. */
  readonly tokens: number
  /** Most nested elements, such as quotes, lists and emphasis. */
  readonly nesting: number
  /** Longest HTML, in UTF-16 units. */
  readonly html: number
}

/**
 * The bounds of the content of a post, which has at most 20,000 characters: three tokens for two characters,
 * and five characters of HTML for each. The densest prose, lists and tables need a half. Beyond them are
 * texts such as a wide table of short rows, which is completed with 65,000 empty cells.
 */
export const POST_BOUNDS: MarkdownBounds = { tokens: 30_000, nesting: 30, html: 100_000 }
