import type { IncomingMessage } from 'node:http'
import type { Brand } from '../core/brand.ts'
import { chooseLanguage } from '../core/languages.ts'
import { renderHtml } from '../core/template.ts'
import type { Language, Languages } from '../locales/languages.ts'
import { buildPageShell } from './page-shell.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** What the page shows. */
interface BusyPageOptions {
  readonly brand: Brand
  /** Path of the public URL. */
  readonly publicPath: string
  readonly languages: Languages
}

/** A rendered response. */
export interface RenderedResponse {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** Seconds after which a browser loads the address again. */
const RELOAD_SECONDS = 5
/** Not `Refresh`: to an address with a fragment, which has the token of a link, it loads nothing. */
const SCRIPT = `setTimeout(() => location.reload(), ${RELOAD_SECONDS * 1000})`

const MAIN = '<h1>{{title}}</h1>\n<p>{{text}}</p>'

/**
 * Renders, once for each language, what a browser shows while the gateway sheds load. The function that is
 * returned selects the page for a request; null unless it opens a page.
 */
export function createBusyPages(
  options: BusyPageOptions,
): (request: IncomingMessage) => RenderedResponse | null {
  const { languages } = options
  const pages = new Map(languages.supported.map((language) => [language, renderPage(language, options)]))
  return ({ method, headers }) => {
    if (method !== 'GET' || !headers.accept?.includes('text/html')) return null
    return pages.get(chooseLanguage([headers['accept-language'] ?? null], languages)) ?? null
  }
}

function renderPage(language: Language, { brand, publicPath }: BusyPageOptions): RenderedResponse {
  const parts = { style: '', script: SCRIPT, main: MAIN, policy: [], layout: 'card' } as const
  const { template, policy, values } = buildPageShell(parts, brand, publicPath)
  const { shell, busy } = language.pages
  const facts = { language: language.tag, direction: language.direction, ...values }
  const body = renderHtml(template, { ...shell, ...busy, ...facts })
  const headers = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-language': language.tag,
    'content-length': String(Buffer.byteLength(body)),
    'content-security-policy': policy,
    'content-type': 'text/html; charset=utf-8',
    'retry-after': String(RELOAD_SECONDS),
    vary: 'Accept, Accept-Language',
  }
  return { body, headers }
}
