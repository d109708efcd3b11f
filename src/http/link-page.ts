import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Brand } from '../core/brand.ts'
import type { Languages } from '../locales/languages.ts'
import { renderHtml } from '../core/template.ts'
import { acceptFormsOnly } from './form-bodies.ts'
import { buildLinkPageParts } from './link-page-parts.ts'
import type { LinkPage } from './link-page-model.ts'
import { buildPageShell, type PageShell } from './page-shell.ts'
import type { ExecuteOnPage, PageResult } from './page-operations.ts'
import { chooseRequestLanguage, readLinkLanguage, setLanguageHeaders } from './request-language.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Settings of every page behind a link. */
export interface LinkPageOptions {
  readonly brand: Brand
  /** Path of the public URL. */
  readonly publicPath: string
  readonly languages: Languages
}

/** Statuses of pages that a browser without scripts gets. */
const STATUSES: Readonly<Record<string, number>> = {
  broken: 400,
  expired: 400,
  limited: 429,
  unavailable: 503,
}

/**
 * Serves a page behind a link. A GET or HEAD does nothing but show it, because scanners of mail servers open
 * every link: the token is in the fragment, which is not sent, until the reader submits the form. The script
 * fills the form from the fragment; without it the reader pastes the link.
 */
export async function addLinkPage<State extends string>(
  app: FastifyInstance,
  page: LinkPage<State>,
  options: LinkPageOptions,
  execute: ExecuteOnPage,
): Promise<void> {
  const { brand, publicPath } = options
  const shell = buildPageShell(buildLinkPageParts(page, brand), brand, publicPath)
  const render = createRenderer(page, shell, options)
  await app.register(async (scope) => {
    acceptFormsOnly(scope)
    scope.get(page.path, async (request, reply) => render(request, reply, { state: 'entry', link: '' }))
    scope.post(page.path, async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      const link = form.get('link') ?? ''
      const state = await runOperation(page, form, (variables) =>
        execute(request, reply, page.document, variables),
      )
      if (request.headers.accept === 'application/json')
        return reply.header('cache-control', 'no-store').code(200).send({ state })
      return render(request, reply.code(STATUSES[state] ?? 200), { state, link })
    })
  })
}

/** Executes the operation with the token of a link, or of the token alone. */
async function runOperation<State extends string>(
  { tokenForm, readVariables, classify }: LinkPage<State>,
  form: URLSearchParams,
  execute: (variables: Readonly<Record<string, unknown>>) => Promise<PageResult>,
): Promise<State | 'broken' | 'limited' | 'unavailable'> {
  const token = (form.get('link') ?? '').trim().replace(/^.*[#&]token=/s, '')
  if (!tokenForm.test(token)) return 'broken'
  const result = await execute({ ...readVariables(form), token })
  if (result.code === 'RATE_LIMITED') return 'limited'
  return classify(result, form) ?? 'unavailable'
}

function createRenderer<State extends string>(
  { texts }: LinkPage<State>,
  { template, policy, values }: PageShell,
  { languages }: LinkPageOptions,
) {
  const headers = { 'content-security-policy': policy, 'cache-control': 'no-store' }
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    own: { readonly state: string; readonly link: string },
  ) => {
    const language = readLinkLanguage(request, languages) ?? chooseRequestLanguage(request, languages)
    const { shell, linkPage } = language.pages
    const facts = { language: language.tag, direction: language.direction, ...values, ...own }
    return setLanguageHeaders(reply, language)
      .headers({ ...SECURITY_HEADERS, ...headers })
      .type('text/html; charset=utf-8')
      .send(renderHtml(template, { ...shell, ...linkPage, ...language.pages[texts], ...facts }))
  }
}
