import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'

// JavaScript, because a thread imports it.

/** @typedef {import('../../core/markdown-bounds.ts').MarkdownBounds} MarkdownBounds */
/** @typedef {import('../../ports/markdown.ts').RenderedMarkdown} RenderedMarkdown */

/** @typedef {[type: string, tag: string, nesting: -1 | 0 | 1]} Push */

/** The text exceeds its bounds. */
class BoundsExceeded extends Error {}

/** @type {sanitizeHtml.IOptions} */
const ALLOWED = {
  allowedTags: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 's', 'blockquote'],
    ...['ul', 'ol', 'li', 'a', 'code', 'pre', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href', 'title', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener noreferrer' }) },
}

/**
 * A parser that stops at the bound of tokens or of nesting: what a text expands to is bounded before it is
 * built. Raw HTML is shown as text; links with other schemes than http, https and mailto stay text.
 * @param {MarkdownBounds} bounds
 */
function createParser({ tokens, nesting }) {
  const markdown = new MarkdownIt({ html: false, linkify: false })
  let left = tokens
  /** @param {number} level */
  function count(level) {
    left -= 1
    if (left < 0 || level > nesting) throw new BoundsExceeded()
  }
  markdown.block.State = class extends markdown.block.State {
    /**
     * @override
     * @param {Push} args
     */
    push(...args) {
      count(this.level)
      return super.push(...args)
    }
  }
  markdown.inline.State = class extends markdown.inline.State {
    /**
     * @override
     * @param {Push} args
     */
    push(...args) {
      count(this.level)
      return super.push(...args)
    }
  }
  return markdown
}

/**
 * The length that tokens contribute to the HTML at least. A link definition that is used a thousand times is
 * one string until the HTML is written. Nesting of emphasis is known only now.
 * @param {readonly import('markdown-it').Token[]} tokens
 * @param {{ depth: number, nesting: number }} place
 * @returns {number}
 */
function weigh(tokens, { depth, nesting }) {
  return tokens.reduce((sum, token) => {
    const level = depth + token.level
    if (level > nesting) throw new BoundsExceeded()
    const attributes = (token.attrs ?? []).reduce((length, [, value]) => length + String(value).length, 0)
    const inside = token.children ? weigh(token.children, { depth: level, nesting }) : token.content.length
    return sum + attributes + inside
  }, 0)
}

/**
 * Renders Markdown as HTML that is safe to insert into a page: without raw HTML, then reduced to an allow
 * list of elements (OWASP XSS Prevention Cheat Sheet). A text that exceeds the bounds is its escaped source.
 * @param {string} text
 * @param {MarkdownBounds} bounds
 * @returns {RenderedMarkdown}
 */
export function renderMarkdown(text, bounds) {
  const markdown = createParser(bounds)
  try {
    /** @type {import('markdown-it').Env} */
    const env = {}
    const tokens = markdown.parse(text, env)
    if (weigh(tokens, { depth: 0, nesting: bounds.nesting }) > bounds.html) throw new BoundsExceeded()
    const html = sanitizeHtml(markdown.renderer.render(tokens, markdown.options, env), ALLOWED)
    if (html.length > bounds.html) throw new BoundsExceeded()
    return { html, withinBounds: true }
  } catch (error) {
    if (!(error instanceof BoundsExceeded)) throw error
    return { html: `<pre>${markdown.utils.escapeHtml(text)}</pre>`, withinBounds: false }
  }
}
