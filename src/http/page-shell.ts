import { createHash } from 'node:crypto'
import type { Brand } from '../core/brand.ts'
import { renderTokenCss } from '../core/design-tokens.ts'
import { toSingleLine } from '../core/template.ts'
import { toMarkPath } from './brand.ts'

/** What a page puts into the shell. Every part is HTML, CSS or JavaScript of the gateway itself. */
export interface PageParts {
  readonly style: string
  readonly script: string
  /** Content of `<main>`, with placeholders. */
  readonly main: string
  /** Sources of the policy beside those of the shell, such as `connect-src 'self'`. */
  readonly policy: readonly string[]
  /** Whether the page has one task and stands in a card, or is a list in a column. */
  readonly layout: 'card' | 'column'
}

/** A page that is ready for its values. */
export interface PageShell {
  /** Names and links of the service, for the placeholders of the shell. */
  readonly values: Readonly<Record<string, string>>
  /** Placeholders: `language`, `direction`, `title`, those of the content and of `PAGES.shell`. */
  readonly template: string
  /** `Content-Security-Policy`: its own script and style by hash, and nothing of another origin. */
  readonly policy: string
}

/** Builds a page with the name, the mark, the colours and the links of the service. */
export function buildPageShell(parts: PageParts, brand: Brand, publicPath: string): PageShell {
  const style = `${renderTokenCss(brand.colors)}${SHELL_STYLE}${parts.style}`
  const template = buildDocument({ ...parts, style }, brand, publicPath)
  const policy = [
    "default-src 'none'",
    `script-src ${toCspHash(parts.script)}`,
    `style-src ${toCspHash(style)}`,
    "img-src 'self' data:",
    ...parts.policy,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return { template, policy, values: listBrandValues(brand) }
}

function listBrandValues({ product, support, terms, privacy, app }: Brand): Record<string, string> {
  return {
    product: toSingleLine(product),
    supportUrl: `mailto:${support ?? ''}`,
    termsUrl: terms ?? '',
    privacyUrl: privacy ?? '',
    appUrl: app ?? '',
  }
}

function buildDocument({ style, script, main, layout }: PageParts, brand: Brand, publicPath: string): string {
  const mark = toMarkPath(brand, publicPath)
  return `<!doctype html>
<html lang="{{language}}" dir="{{direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{title}} – {{product}}</title>
<link rel="icon" href="${mark ?? 'data:,'}">
<style>${style}</style>
</head>
<body class="${layout}">
<header class="brand">${mark === null ? '' : `<img src="${mark}" alt="" height="32">`}<bdi>{{product}}</bdi></header>
<main>
${main}
</main>
${buildFooter(brand)}
<script>${script}</script>
</body>
</html>
`
}

/** The links that the settings name; empty without any. */
function buildFooter({ support, terms, privacy }: Brand): string {
  const links = Object.entries({ support, terms, privacy })
    .filter(([, url]) => url !== null)
    .map(([name]) => `<a href="{{${name}Url}}">{{${name}}}</a>`)
  return links.length === 0 ? '' : `<footer>${links.join(' ')}</footer>`
}

/** Source of an inline script or style in a policy. */
function toCspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Style of every page; colours, fonts and lengths are tokens of the design. */
const SHELL_STYLE = `
* { box-sizing: border-box }
[hidden] { display: none !important }
body { margin: 0; min-height: 100vh; padding: var(--space-s6) var(--space-s4); background: var(--color-page); color: var(--color-ink); font: var(--text-body)/1.6 var(--font-text); overflow-wrap: anywhere }
:lang(ko) body, body:lang(ko) { word-break: keep-all }
.brand, main, footer { width: 100%; margin-inline: auto }
.card { display: flex; flex-direction: column; justify-content: center }
.card > * { max-width: var(--width-card) }
.column > * { max-width: var(--width-column) }
.brand { display: flex; gap: var(--space-s3); align-items: center; padding: 0 var(--space-s2) var(--space-s3); font-weight: 600 }
.brand img { flex: none; max-width: 120px; max-height: 32px }
.brand bdi { min-width: 0 }
.card main { padding: var(--space-s8) var(--space-s6); border: 1px solid var(--color-line); border-radius: var(--radius-card); background: var(--color-surface) }
h1 { margin: 0 0 var(--space-s3); font-size: var(--text-heading); line-height: 1.3; font-weight: 600; outline: 0 }
p { margin: 0 0 var(--space-s4); text-wrap: pretty }
p:last-child { margin-bottom: 0 }
a { color: var(--color-accent) }
button, .button { display: block; width: 100%; min-height: 44px; padding: var(--space-s3) var(--space-s4); border: 0; border-radius: var(--radius-control); background: var(--color-accent); color: var(--color-on-accent); font: 600 var(--text-body)/1.25 var(--font-text); text-align: center; text-decoration: none; cursor: pointer }
button:hover, .button:hover { background: var(--color-accent-strong) }
button:disabled { cursor: progress; opacity: 0.7 }
:focus-visible { outline: 3px solid var(--color-accent); outline-offset: 2px }
label { display: block; margin-bottom: var(--space-s1); font-weight: 600 }
input { display: block; width: 100%; min-height: 44px; margin: 0 0 var(--space-s4); padding: var(--space-s2) var(--space-s3); border: 1px solid var(--color-control); border-radius: var(--radius-control); background: var(--color-surface); color: inherit; font: inherit }
footer { display: flex; flex-wrap: wrap; gap: var(--space-s2) var(--space-s4); padding: var(--space-s4) var(--space-s2) 0; font-size: var(--text-small) }
footer a { color: var(--color-quiet) }
`
