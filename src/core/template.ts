/** Texts with places: `{{name}}`. */
const PLACE = /\{\{(\w+)\}\}/g

/** Names of the places of a text, each once, in the order they stand in. */
export function listPlaceholders(text: string): string[] {
  return [...new Set([...text.matchAll(PLACE)].map(([, name = '']) => name))]
}

/** Puts values into their places as they are: for plain text. Throws for a place that has no value. */
export function renderText(text: string, values: Readonly<Record<string, string>>): string {
  return fill(text, values, (value) => value)
}

/** Puts values into their places, each escaped: for HTML, in content and in quoted attributes. There is no way around the escaping. */
export function renderHtml(html: string, values: Readonly<Record<string, string>>): string {
  return fill(html, values, escapeHtml)
}

/** A text as HTML that shows it, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function fill(
  template: string,
  values: Readonly<Record<string, string>>,
  spell: (value: string) => string,
): string {
  // One pass: what stands in a value is never read as a place.
  return template.replace(PLACE, (_place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`the text has a place ${name}, and there is no value for it`)
    return spell(value)
  })
}

/** Letters that stand for nothing on a line: control characters, line and paragraph separators, and what turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu

/** A value as it may stand within one line of a message: without line breaks and unseen characters, 200 characters at most. */
export function toSingleLine(value: string): string {
  return [...value.toWellFormed().replace(UNSEEN, ' ').replace(/ {2,}/g, ' ').trim()].slice(0, 200).join('')
}
