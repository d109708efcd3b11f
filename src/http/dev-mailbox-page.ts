import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Brand } from '../core/brand.ts'
import type { Language, Languages } from '../locales/languages.ts'
import { isLoopback } from '../core/network.ts'
import { renderHtml } from '../core/template.ts'
import type { DevMailboxMessage } from '../ports/dev-mailbox.ts'
import { DEV_MAILBOX_PARTS } from './dev-mailbox-parts.ts'
import { openLinksInNewTab, renderMessages } from './dev-mailbox-list.ts'
import { HttpError } from './http-error.ts'
import { buildPageShell } from './page-shell.ts'
import { chooseRequestLanguage, setLanguageHeaders } from './request-language.ts'

/** Where the page reads messages and who may read it. */
export interface DevMailboxOptions {
  /** The latest messages, newest first. */
  readonly latest: (count: number) => Promise<readonly DevMailboxMessage[]>
  /** Whether clients on other machines have access. */
  readonly allowRemote: boolean
}

/** What the page has of the service. */
export interface DevMailboxLook {
  readonly brand: Brand
  /** Path of the public URL. */
  readonly publicPath: string
  readonly languages: Languages
}

/** Messages on the page. */
const MAX_MESSAGES = 50
/** Messages that the search looks at. */
const SEARCHED_MESSAGES = 100
/** Longest address (RFC 5321 §4.5.3.1.3). */
const MAX_SEARCH_LENGTH = 254

/**
 * The policy of a message, which is a document of its own: it carries its styles and pictures, and runs and
 * loads nothing. A link opens a tab, and the page in the tab is not in the sandbox.
 */
const MESSAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

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
 * `GET /dev/outbox`: the latest messages as their recipients would see them, `/dev/outbox/list`: the same
 * without the page around it, for the script that follows, and `/dev/outbox/{id}`: the HTML of one. `?to=`
 * selects by a part of the address. Registered outside production only.
 */
export function addDevMailboxPage(
  app: FastifyInstance,
  options: DevMailboxOptions,
  { brand, publicPath, languages }: DevMailboxLook,
): void {
  const shell = buildPageShell(DEV_MAILBOX_PARTS, brand, publicPath)
  const requireAccess = async (request: FastifyRequest) => {
    if (!options.allowRemote && !isLocalRequest(request)) throw new HttpError(404)
  }
  const renderList = async (search: string, language: Language) =>
    renderMessages(await findMessages(options, search), {
      ...{ language, search, folder: `${publicPath}/dev/outbox` },
    })

  app.get('/dev/outbox', { onRequest: requireAccess }, async (request, reply) => {
    const language = chooseRequestLanguage(request, languages)
    const search = readSearch(request)
    const { html, version } = markVersion(await renderList(search, language))
    const texts = { ...language.pages.shell, ...language.pages.devMailbox }
    const facts = { ...shell.values, language: language.tag, direction: language.direction }
    const page = renderHtml(shell.template, { ...texts, ...facts, searched: search, version })
    return setHeaders(reply, language, shell.policy).send(page.replace('<!--messages-->', () => html))
  })
  app.get('/dev/outbox/list', { onRequest: requireAccess }, async (request, reply) => {
    const language = chooseRequestLanguage(request, languages)
    const { html, version } = markVersion(await renderList(readSearch(request), language))
    setHeaders(reply, language, MESSAGE_POLICY).header('etag', `"${version}"`)
    return request.headers['if-none-match'] === `"${version}"` ? reply.code(304).send() : reply.send(html)
  })
  app.get<{ Params: { readonly id: string } }>(
    '/dev/outbox/:id',
    { onRequest: requireAccess },
    async ({ params }, reply) => {
      const messages = await options.latest(SEARCHED_MESSAGES)
      const html = messages.find(({ id }) => id === params.id)?.html
      if (!html) throw new HttpError(404)
      return setHeaders(reply, languages.fallback, MESSAGE_POLICY).send(openLinksInNewTab(html))
    },
  )
}

function setHeaders(reply: FastifyReply, language: Language, policy: string): FastifyReply {
  return setLanguageHeaders(reply, language)
    .headers({ 'content-security-policy': policy, 'cache-control': 'no-store' })
    .type('text/html; charset=utf-8')
}

function readSearch({ query }: FastifyRequest): string {
  const to = typeof query === 'object' && query !== null && 'to' in query ? query.to : ''
  return typeof to === 'string' ? to.trim().slice(0, MAX_SEARCH_LENGTH) : ''
}

async function findMessages({ latest }: DevMailboxOptions, search: string) {
  if (search === '') return latest(MAX_MESSAGES)
  const wanted = search.toLowerCase()
  const messages = await latest(SEARCHED_MESSAGES)
  return messages.filter(({ to }) => to.toLowerCase().includes(wanted)).slice(0, MAX_MESSAGES)
}

/** The list with a text that changes with it. */
function markVersion(html: string): { readonly html: string; readonly version: string } {
  return { html, version: createHash('sha256').update(html).digest('base64url').slice(0, 22) }
}
