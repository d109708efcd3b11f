import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'

/** Shows raw HTML as text; links with other schemes than http, https and mailto stay text. */
const markdown = new MarkdownIt({ html: false, linkify: false })

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    ...[
      'p',
      'br',
      'hr',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'strong',
      'em',
      's',
      'blockquote',
      'ul',
      'ol',
      'li',
    ],
    ...['a', 'code', 'pre', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href', 'title', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener noreferrer' }) },
}

/**
 * Renders Markdown as HTML that is safe to embed in a page: without raw HTML, then reduced to an allow-list
 * of elements (OWASP XSS Prevention Cheat Sheet).
 */
export function renderPostHtml(source: string): string {
  return sanitizeHtml(markdown.render(source), ALLOWED)
}
