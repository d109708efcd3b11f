import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Brand } from '../core/brand.ts'
import { renderTokenCss } from '../core/design-tokens.ts'
import { escapeHtml } from '../core/template.ts'
import type { Languages } from '../locales/languages.ts'
import { toMarkPath } from './brand.ts'
import { HttpError } from './http-error.ts'

/** What the app must know about the gateway that serves it. */
export interface AppPagesOptions {
  /** Name, look and links of the service. */
  readonly brand: Brand
  /** The fallback is used without a preference of the browser. */
  readonly languages: Languages
  /** Whether refresh tokens are in a cookie. */
  readonly cookies: boolean
  /** Path of the public URL, without a slash at its end. */
  readonly publicPath: string
  /** Null where the development mailbox is not served. */
  readonly devMailbox: object | null
}

/** Output folder of the build; the same when this file runs from the sources. */
const FOLDER = join(import.meta.dirname, '../../dist/app')

/** Same origin only, and no inline script or style. The page sets its base. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"

/** Files have a hash of their content in the name, so that a browser never asks again. */
const ASSETS = {
  root: join(FOLDER, 'assets'),
  serve: false,
  preCompressed: true,
  maxAge: '365d',
  immutable: true,
} as const

/** Places of the built page that depend on the gateway. */
const BASE = '<base href="/app/" />'
const SETTINGS = '<meta name="gateway-settings" content="" />'
const NAME = '<span class="brand">GraphQL Auth Gateway</span>'
const HEAD_END = '</head>'

/**
 * Serves the app of `web/` at `/app`: its page for every path below, so that a reload keeps the place, and
 * its files below `/app/assets`. 404 while the app is not built.
 */
export async function addAppPages(app: FastifyInstance, options: AppPagesOptions): Promise<void> {
  const inserted = {
    [BASE]: buildBase(options),
    [SETTINGS]: buildSettings(options),
    [NAME]: `<span class="brand">${escapeHtml(options.brand.product)}</span>`,
    [HEAD_END]: `${buildBrandLink(options)}${HEAD_END}`,
  }
  const sendPage = async (_request: unknown, reply: FastifyReply) =>
    reply
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(insert(await readPage(), inserted))
  await app.register(fastifyStatic, ASSETS)
  app.get<{ Params: { readonly name: string } }>('/app/assets/:name', ({ params: { name } }, reply) =>
    reply.sendFile(name),
  )
  app.get('/app', sendPage)
  app.get('/app/*', sendPage)
}

/** The page of the last build; development builds it again while the gateway runs. */
async function readPage(): Promise<string> {
  try {
    return await readFile(join(FOLDER, 'index.html'), 'utf8')
  } catch {
    throw new HttpError(404)
  }
}

function insert(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [place, part]) => text.replace(place, () => part), page)
}

/** With the public path: a proxy can serve the gateway below a path. */
function buildBase({ publicPath }: AppPagesOptions): string {
  return `<base href="${escapeHtml(publicPath)}/app/" />`
}

/** The accent colour of the service, after the styles of the app; nothing where it has the default one. */
function buildBrandLink({ brand, publicPath }: AppPagesOptions): string {
  if (renderTokenCss(brand.colors) === renderTokenCss()) return ''
  return `<link rel="stylesheet" href="${escapeHtml(publicPath)}/brand.css" />`
}

function buildSettings({ brand, languages, cookies, publicPath, devMailbox }: AppPagesOptions): string {
  const { support, terms, privacy } = brand
  const settings = {
    url: `${publicPath}/graphql`,
    transport: cookies ? 'cookie' : 'bearer',
    product: brand.product,
    mark: toMarkPath(brand, publicPath),
    ...{ support, terms, privacy },
    language: languages.fallback.tag,
    mailbox: devMailbox === null ? null : `${publicPath}/dev/outbox`,
  }
  return `<meta name="gateway-settings" content="${escapeHtml(JSON.stringify(settings))}" />`
}
