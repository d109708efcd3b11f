/**
 * Placeholders: `{{name}}`. Substitution is all that the templates need; a template language would add
 * conditions, includes and an unescaped form.
 */
const PLACEHOLDER = /\{\{(\w+)\}\}/g

/** Names of the placeholders of a text, without duplicates, in order of appearance. */
export function listPlaceholders(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))]
}

/** Renders a plain-text template with unescaped values. Throws if a placeholder has no value. */
export function renderText(text: string, values: Readonly<Record<string, string>>): string {
  return render(text, values, (value) => value)
}

/**
 * Renders an HTML template. Every value is escaped for content and quoted attributes; there is no unescaped
 * form.
 */
export function renderHtml(html: string, values: Readonly<Record<string, string>>): string {
  return render(html, values, escapeHtml)
}

/** Escapes a text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function render(
  template: string,
  values: Readonly<Record<string, string>>,
  escape: (value: string) => string,
): string {
  // A single pass, so that placeholders within values are not expanded.
  return template.replace(PLACEHOLDER, (_placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`The placeholder ${name} has no value.`)
    return escape(value)
  })
}

/**
 * Invisible characters: controls, line and paragraph separators, zero-width and bidirectional formatting
 * characters.
 */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu

/**
 * A value for use within one line of a message: no line breaks or invisible characters, at most 200
 * characters.
 */
export function toSingleLine(value: string): string {
  return [...value.toWellFormed().replace(INVISIBLE, ' ').replace(/ {2,}/g, ' ').trim()]
    .slice(0, 200)
    .join('')
}
