import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Language } from '../core/languages.ts'
import { isLoopback } from '../core/network.ts'
import { escapeHtml } from '../core/template.ts'
import { PAGES } from '../locales/index.ts'
import type { DevMailboxMessage } from '../ports/dev-mailbox.ts'
import { HttpError } from './http-error.ts'
import { chooseRequestLanguage, setLanguageHeaders } from './request-language.ts'

/** Where the page reads messages and who may read it. */
export interface DevMailboxOptions {
  /** The latest messages, newest first. */
  readonly latest: (count: number) => Promise<readonly DevMailboxMessage[]>
  /** Whether clients on other machines have access. */
  readonly allowRemote: boolean
}

/** Messages on the page. */
const MAX_MESSAGES = 50

/**
 * No scripts, forms or external resources. The frames of messages inherit this policy and carry their own
 * styles.
 */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Headers that proxies and tunnels add. */
const PROXY_HEADERS: readonly string[] = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'via',
]

/**
 * Whether a request comes from this machine: over loopback, with a loopback host name (a page that was
 * rebound to 127.0.0.1 by DNS has its own name), and not through a proxy or tunnel.
 */
export function isLocalRequest({ raw, hostname, headers }: FastifyRequest): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, '$1')
  const isForwarded = PROXY_HEADERS.some((header) => headers[header] !== undefined)
  return isLoopback(raw.socket.remoteAddress ?? '') && isLoopback(name) && !isForwarded
}

/**
 * `GET /dev/outbox`: the latest messages as their recipients would see them. Registered outside production
 * only.
 */
export function addDevMailboxPage(
  app: FastifyInstance,
  { latest, allowRemote }: DevMailboxOptions,
  fallback: Language,
): void {
  app.get('/dev/outbox', async (request, reply) => {
    if (!allowRemote && !isLocalRequest(request)) throw new HttpError(404)
    const language = chooseRequestLanguage(request, fallback)
    return setLanguageHeaders(reply, language)
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(renderPage(await latest(MAX_MESSAGES), language))
  })
}

function renderPage(messages: readonly DevMailboxMessage[], language: Language): string {
  const { title, lead, reload, empty } = PAGES[language].devMailbox
  const list = messages.map(renderMessage).join('\n')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(lead)} <a href="/dev/outbox">${escapeHtml(reload)}</a></p></header>
<main>
${messages.length === 0 ? `<p class="none">${escapeHtml(empty)}</p>` : list}
</main>
</body>
</html>
`
}

/** The newest message is open. The sandboxed frame has no origin, runs no script and navigates nowhere. */
function renderMessage({ at, channel, to, subject, text, html }: DevMailboxMessage, index: number): string {
  const title = escapeHtml(subject ?? text.split('\n')[0] ?? '')
  const frame =
    html === null
      ? ''
      : `<iframe sandbox title="${title}" loading="lazy" srcdoc="${escapeHtml(html)}"></iframe>`
  return `<details${index === 0 ? ' open' : ''}>
<summary><span class="channel ${channel.toLowerCase()}">${channel}</span><strong>${title}</strong><bdi>${escapeHtml(to)}</bdi><time>${at.toISOString()}</time></summary>
${frame}
<pre>${renderLinks(text)}</pre>
</details>`
}

/** Links of the frame cannot be followed, so the URLs of the plain text are links. */
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

const STYLE = `:root { color-scheme: light dark; --line: #d9dce3; --quiet: #565d6b; --card: #fff; --page: #f3f4f7; --ink: #1c1f26; --link: #1d4ed8 }
@media (prefers-color-scheme: dark) { :root { --line: #363b47; --quiet: #a9b0bf; --card: #1f222a; --page: #14161b; --ink: #eceef3; --link: #9dbaff } }
body { margin: 0 auto; max-width: 760px; padding: 32px 20px; background: var(--page); color: var(--ink); font: 15px/1.5 -apple-system, 'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', Helvetica, Arial, sans-serif }
h1 { margin: 0; font-size: 22px }
header p { margin: 4px 0 20px; color: var(--quiet) }
a { color: var(--link) }
details { margin: 0 0 12px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); overflow: hidden }
summary { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; padding: 12px 16px; cursor: pointer }
summary strong { flex: 1 1 200px }
summary bdi, summary time { color: var(--quiet); font-size: 13px }
.channel { min-width: 44px; border-radius: 4px; padding: 1px 6px; font-size: 11px; font-weight: 700; text-align: center; color: #fff; background: #1d4ed8 }
.channel.sms { background: #0f766e }
pre { margin: 0; padding: 12px 16px; border-top: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.55 ui-monospace, Menlo, Consolas, 'Noto Sans Mono CJK KR', monospace }
iframe { display: block; width: 100%; height: 520px; border: 0; border-top: 1px solid var(--line) }
.none { color: var(--quiet) }`
