import type { FastifyInstance, FastifyRequest } from 'fastify'
import { escapeHtml } from '../core/template.ts'
import { isLoopback } from '../core/network.ts'
import type { DevMailboxMessage } from '../ports/dev-mailbox.ts'
import { RequestRefused } from './json-errors.ts'

/** What a developer may see of the messages that went out. */
export interface DevMailboxOptions {
  /** The latest messages, newest first. */
  readonly latest: (count: number) => Promise<readonly DevMailboxMessage[]>
  /** Whether callers on other machines may look too. */
  readonly forAnyone: boolean
}

/** Messages on the page. */
const SHOWN = 50

/** No script, no form, no address but this page's own; messages carry their styles with them, and inherit this policy. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What proxies and tunnels add to a request from elsewhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/**
 * Whether a request comes from a person at this machine: over loopback, under a name of loopback (a page of another site whose
 * name was rebound to 127.0.0.1 comes under its own), and past no proxy or tunnel.
 */
export function isFromHere({ raw, hostname, headers }: FastifyRequest): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, '$1')
  const isForwarded = FORWARDED.some((header) => headers[header] !== undefined)
  return isLoopback(raw.socket.remoteAddress ?? '') && isLoopback(name) && !isForwarded
}

/** `GET /dev/outbox`: the latest messages as people would see them. Only registered outside production. */
export function addDevMailboxPage(app: FastifyInstance, { latest, forAnyone }: DevMailboxOptions): void {
  app.get('/dev/outbox', async (request, reply) => {
    if (!forAnyone && !isFromHere(request)) throw new RequestRefused(404)
    return reply
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(pageOf(await latest(SHOWN)))
  })
}

function pageOf(messages: readonly DevMailboxMessage[]): string {
  const list = messages.map(messageHtml).join('\n')
  const none = '<p class="none">No message yet. Register, or ask for a code, and look again.</p>'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><h1>Outbox</h1><p>What would have been sent, newest first. Development only. <a href="/dev/outbox">Look again</a></p></header>
<main>
${messages.length === 0 ? none : list}
</main>
</body>
</html>
`
}

/** The newest is open. The frame is a document without an origin, in which nothing runs and from which nothing leads away. */
function messageHtml({ at, channel, to, subject, text, html }: DevMailboxMessage, index: number): string {
  const title = escapeHtml(subject ?? text.split('\n')[0] ?? '')
  const frame =
    html === null
      ? ''
      : `<iframe sandbox title="${title}" loading="lazy" srcdoc="${escapeHtml(html)}"></iframe>`
  return `<details${index === 0 ? ' open' : ''}>
<summary><span class="channel ${channel.toLowerCase()}">${channel}</span><strong>${title}</strong><bdi>${escapeHtml(to)}</bdi><time>${at.toISOString()}</time></summary>
${frame}
<pre>${withLinks(text)}</pre>
</details>`
}

/** The frame's links lead nowhere, so those of the text do. */
function withLinks(text: string): string {
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
