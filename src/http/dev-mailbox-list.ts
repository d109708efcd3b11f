import type { Language } from '../locales/languages.ts'
import { escapeHtml } from '../core/template.ts'
import type { DevMailboxMessage } from '../ports/dev-mailbox.ts'

/** How the list is rendered. */
export interface MessageListOptions {
  readonly language: Language
  /** The part of an address that was searched; empty: no search. */
  readonly search: string
  /** Path below which the HTML of each message is. */
  readonly folder: string
}

/** No scripts, forms or origin. A link opens a tab, and the page in the tab is not in the sandbox. */
const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox'
/** Links of a message open in a new tab, as in a mail program. */
const NEW_TAB = '<base target="_blank">'

/** The messages as HTML, newest first; the newest e-mail is open. */
export function renderMessages(messages: readonly DevMailboxMessage[], options: MessageListOptions): string {
  if (messages.length === 0) return renderEmpty(options)
  const newestMail = messages.find(({ html }) => html !== null)
  return messages.map((message) => renderMessage(message, message === newestMail, options)).join('\n')
}

function renderEmpty({ language, search }: MessageListOptions): string {
  const { empty, emptyHint, noMatch, noMatchHint } = language.pages.devMailbox
  const [title, hint] = search === '' ? [empty, emptyHint] : [noMatch, noMatchHint]
  return `<div class="empty"><h2>${escapeHtml(title)}</h2><p>${escapeHtml(hint)}</p></div>`
}

function renderMessage(message: DevMailboxMessage, isOpen: boolean, options: MessageListOptions): string {
  const { id, at, channel, to, subject, text } = message
  const address = `<bdi class="to">${escapeHtml(to)}</bdi>`
  const title = subject === null ? address : `<bdi>${escapeHtml(subject)}</bdi>`
  const time = `<time datetime="${at.toISOString()}">${at.toISOString()}</time>`
  return `<article data-id="${escapeHtml(id)}">
<header><span class="channel ${channel.toLowerCase()}">${channel}</span><h2>${title}</h2>${time}${subject === null ? '' : address}</header>
${renderCode(message, options)}
${message.html === null ? `<pre>${renderLinks(text)}</pre>` : renderMail(message, isOpen, options)}
</article>`
}

/** The code in large digits; the script shows the button. */
function renderCode({ channel, text }: DevMailboxMessage, { language }: MessageListOptions): string {
  const code = findCode(channel, text)
  if (code === null) return ''
  const { copy, code: label } = language.pages.devMailbox
  return `<p class="code"><span>${escapeHtml(label)}</span><code>${code}</code><button type="button" data-code="${code}" aria-label="${escapeHtml(`${copy} ${code}`)}" hidden>${escapeHtml(copy)}</button></p>`
}

/**
 * The code of a message; null without one. In an e-mail it has a line of its own; a text message starts with
 * it, and other digits are parts of times, ports or masked numbers.
 */
export function findCode(channel: DevMailboxMessage['channel'], text: string): string | null {
  const form = channel === 'EMAIL' ? /^\s*(\d{4,10})\s*$/m : /(?<![\w.:/#*+-])(\d{4,10})(?![\w:/*-]|\.\d)/
  return form.exec(text)?.[1] ?? null
}

function renderMail(
  { id, subject, text }: DevMailboxMessage,
  isOpen: boolean,
  options: MessageListOptions,
): string {
  const { plainText, preview } = options.language.pages.devMailbox
  const title = escapeHtml(subject ?? '')
  return `<details${isOpen ? ' open' : ''}>
<summary>${escapeHtml(preview)}</summary>
<iframe sandbox="${SANDBOX}" title="${title}" loading="lazy" src="${options.folder}/${encodeURIComponent(id)}"></iframe>
</details>
<details>
<summary>${escapeHtml(plainText)}</summary>
<pre>${renderLinks(text)}</pre>
</details>`
}

/** Inserts `<base>` before the first tag that a message can have a link in. */
export function openLinksInNewTab(html: string): string {
  return /<head\b[^>]*>/i.test(html)
    ? html.replace(/<head\b[^>]*>/i, (head) => head + NEW_TAB)
    : NEW_TAB + html
}

/** The URLs of the plain text are links too. */
function renderLinks(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => {
      const shown = escapeHtml(part)
      return index % 2 === 0
        ? shown
        : `<a href="${shown}" target="_blank" rel="noopener noreferrer">${shown}</a>`
    })
    .join('')
}
