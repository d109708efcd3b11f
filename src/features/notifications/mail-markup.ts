import { readMarkup, type MarkupAttribute, type MarkupPart } from '../../core/markup.ts'
import { listPlaceholders } from '../../core/template.ts'
import { MARK_URL } from './mail-templates.ts'

/** Something in the HTML of a template that is not accepted. */
export interface MarkupProblem {
  /** The first line is 1. */
  readonly line: number
  /** Such as "the element <script>". */
  readonly what: string
}

/** Elements that mail programs show and that load and run nothing. */
const ELEMENTS: ReadonlySet<string> = new Set([
  ...['html', 'head', 'meta', 'title', 'style', 'body', 'center', 'div', 'span', 'p', 'br', 'hr'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code'],
  ...['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th', 'a', 'img'],
  ...['strong', 'b', 'em', 'i', 'u', 's', 'small', 'sub', 'sup', 'bdi', 'bdo', 'font', 'abbr'],
])
/** Attributes that a placeholder can be in: a text, or a value that is checked. */
const TEXT_ATTRIBUTES: ReadonlySet<string> = new Set(['lang', 'dir', 'title', 'alt', 'aria-label'])
/** What can follow `href=`: a link of the message, or an address that the operator has written. */
const SAFE_HREF =
  /^(?:\{\{(?:link|termsUrl|privacyUrl)\}\}|mailto:(?:\{\{supportAddress\}\}|[^{}]+)|https:\/\/[^{}]+)$/
const EMBEDDED_IMAGE = /^data:image\/(?:png|gif|jpeg);base64,[\w+/=]+$/
/** Style that loads or runs something, or hides that it does. */
const UNSAFE_STYLE = /url\s*\(|@import|expression\s*\(|javascript:|\\/i
/** Outlook reads what is in its conditional comments. */
const UNSAFE_COMMENT = /<\s*(?:script|iframe|object|embed|link|img|form|base|meta)\b|javascript:|url\s*\(/i

/**
 * What the HTML of a template could load, run or leak. Every value is escaped for text and for quoted
 * attributes, so a placeholder can stand there only. `hasMark`: whether e-mails carry the picture.
 */
export function findMarkupProblems(html: string, hasMark: boolean): MarkupProblem[] {
  return readMarkup(html, { xml: false }).flatMap((part) => {
    const what = findPartProblem(part, hasMark)
    return what === null ? [] : [{ line: part.line, what }]
  })
}

function findPartProblem(part: MarkupPart, hasMark: boolean): string | null {
  switch (part.kind) {
    case 'instruction':
      return part.name === '!doctype' ? null : `the instruction <${part.name}>`
    case 'comment':
      if (hasPlaceholder(part.text)) return 'a placeholder in a comment'
      return UNSAFE_COMMENT.test(part.text) ? 'a comment with markup that loads something' : null
    case 'text':
      return part.within.includes('style') ? findStyleProblem(part.text) : null
    case 'tag':
      return findTagProblem(part.name, part.attributes, hasMark)
  }
}

function findStyleProblem(style: string): string | null {
  if (hasPlaceholder(style)) return 'a placeholder in a style'
  return UNSAFE_STYLE.test(style) ? 'a style that loads something' : null
}

function findTagProblem(
  name: string,
  attributes: readonly MarkupAttribute[],
  hasMark: boolean,
): string | null {
  if (!ELEMENTS.has(name)) return `the element <${name}>`
  for (const attribute of attributes) {
    const problem = findAttributeProblem(attribute, hasMark)
    if (problem !== null) return `${problem} of <${name}>`
  }
  return null
}

function findAttributeProblem({ name, value, isQuoted }: MarkupAttribute, hasMark: boolean): string | null {
  if (name.startsWith('on')) return `the attribute ${name}`
  if (name === 'http-equiv')
    return /^(x-ua-compatible|content-type)$/i.test(value) ? null : `${name}=${value}`
  if (name === 'style') return findStyleProblem(value)
  if (name === 'href') return isQuoted && SAFE_HREF.test(value) ? null : 'the address in href'
  if (name === 'src') return isSafeImage(value, hasMark) ? null : 'the address in src'
  if (/^(background|srcset|action|formaction|ping|poster|data|srcdoc)$/.test(name))
    return `the attribute ${name}`
  if (!hasPlaceholder(value)) return null
  if (!isQuoted) return `a placeholder without quotes in ${name}`
  return TEXT_ATTRIBUTES.has(name) ? null : `a placeholder in the attribute ${name}`
}

function isSafeImage(source: string, hasMark: boolean): boolean {
  return (hasMark && source === MARK_URL) || EMBEDDED_IMAGE.test(source)
}

function hasPlaceholder(text: string): boolean {
  return listPlaceholders(text).length > 0
}
