import type { FastifyInstance } from 'fastify'
import type { Brand } from '../core/brand.ts'
import { renderTokenCss } from '../core/design-tokens.ts'

/** Paths of the brand, below the public path. */
const MARK_PATH = '/brand/mark'
/** Seconds that browsers keep the brand, which changes with a restart only. */
const CACHE_CONTROL = 'public, max-age=300'
/** An SVG that is opened by itself runs and loads nothing, beside the check of the setting. */
const MARK_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

/** Path of the mark; null: none. `publicPath`: path of the public URL. */
export function toMarkPath({ mark }: Brand, publicPath: string): string | null {
  return mark === null ? null : `${publicPath}${MARK_PATH}?v=${mark.version}`
}

/**
 * The brand for pages and for the app: `/brand.css` with the tokens of the design as custom properties,
 * `/brand.json` with the name, the path of the mark, the accents and the links, and `/brand/mark`.
 */
export function addBrand(app: FastifyInstance, brand: Brand, publicPath: string): void {
  const { product, colors, support, terms, privacy, mark } = brand
  const facts = {
    product,
    mark: toMarkPath(brand, publicPath),
    accent: { light: colors.light.accent, dark: colors.dark.accent },
    ...{ support, terms, privacy },
  }
  const css = renderTokenCss(colors)
  app.get('/brand.json', async (_request, reply) => reply.header('cache-control', CACHE_CONTROL).send(facts))
  app.get('/brand.css', async (_request, reply) =>
    reply.header('cache-control', CACHE_CONTROL).type('text/css; charset=utf-8').send(css),
  )
  if (mark === null) return
  const bytes = Buffer.from(mark.bytes)
  app.get(MARK_PATH, async (_request, reply) =>
    reply
      .headers({ 'cache-control': CACHE_CONTROL, 'content-security-policy': MARK_POLICY })
      .type(mark.type)
      .send(bytes),
  )
}
