import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../../src/adapters/markdown/render-markdown.js'
import { POST_BOUNDS } from '../../../src/core/markdown-bounds.ts'

const LONGEST = 20_000
const fill = (text: string) => text.repeat(Math.ceil(LONGEST / text.length)).slice(0, LONGEST)
const render = (text: string) => renderMarkdown(text, POST_BOUNDS)

/** Texts of 20,000 characters that authors could write, and their densest forms. */
const ACCEPTED: Readonly<Record<string, string>> = {
  prose: fill('The quick *brown* fox jumps over the `lazy` dog, see [notes](https://a.example).\n\n'),
  'Korean prose': fill('빠른 **갈색** 여우가 게으른 개를 뛰어넘는다.\n\n'),
  'a list of short items': fill('- one item\n'),
  'a nested list': fill('- one item\n  - an item below it\n    - and below that\n'),
  'a table of short cells': 'a|b|c|d\n-|-|-|-\n' + fill('12|true|word|4.5\n').slice(0, 19_900),
  headings: fill('## A heading\n\ntext\n\n'),
  code: fill('```js\nconst a = 1 < 2 && "b"\n```\n\n'),
  brackets: fill('['),
  images: fill('!['),
  emphasis: fill('*a **a '),
  entities: fill('&amp;'),
  backticks: fill('`'),
  'what looks like HTML': fill('<b>'),
  backslashes: fill('\\'),
  'hard breaks': fill('a  \n'),
}

/** Texts that expand to more than the bounds, with the HTML that they have without. */
const REFUSED: Readonly<Record<string, string>> = {
  'a wide table of short rows': `${'x|'.repeat(66)}\n${'-|'.repeat(66)}\n${'x\n'.repeat(10_000)}`,
  'a square table': `${'x|'.repeat(2500)}\n${'-|'.repeat(2500)}\n${'x\n'.repeat(5000)}`,
  'a long link definition that is used often': `[a]: /${'x'.repeat(5000)}\n\n${'[a]\n'.repeat(3700)}`,
  'quotes in quotes': fill('>'),
  'lists in lists': fill('1) '),
  'emphasis in emphasis': '*a '.repeat(3333) + 'a*'.repeat(5000),
  'empty list items': fill('-\n'),
  'an address of characters that are encoded': `[a](http://${'한'.repeat(19_900)})`,
}

describe('Markdown of at most 20,000 characters', () => {
  it.each(Object.entries(ACCEPTED))('is rendered within the bounds: %s', (_name, text) => {
    const { html, withinBounds } = render(text.slice(0, LONGEST))
    expect([withinBounds, html.length <= POST_BOUNDS.html]).toEqual([true, true])
  })

  it.each(Object.entries(REFUSED))('is not rendered beyond the bounds: %s (SR-238)', (_name, text) => {
    const source = text.slice(0, LONGEST)
    const { html, withinBounds } = render(source)
    expect([withinBounds, html.startsWith('<pre>')]).toEqual([false, true])
    expect(html.length).toBeLessThan(LONGEST * 6 + 12)
  })

  it('counts tokens, nesting and length of the HTML, each up to its bound (SR-238)', () => {
    const isWithin = (text: string, bounds: Partial<typeof POST_BOUNDS>) =>
      renderMarkdown(text, { ...POST_BOUNDS, ...bounds }).withinBounds
    // A paragraph: its two ends and its inside.
    expect([isWithin('a', { tokens: 3 }), isWithin('a', { tokens: 2 })]).toEqual([true, false])
    // A quote, a paragraph, emphasis, and the text in it.
    expect([isWithin('> *a*', { nesting: 3 }), isWithin('> *a*', { nesting: 2 })]).toEqual([true, false])
    expect([isWithin('a', { html: 9 }), isWithin('a', { html: 8 })]).toEqual([true, false])
  })

  it('is shown as escaped source in one element if it exceeds the bounds (SR-238)', () => {
    const { html } = renderMarkdown('<script>"&"</script>\n\n> a', { ...POST_BOUNDS, tokens: 1 })
    expect(html).toBe('<pre>&lt;script&gt;&quot;&amp;&quot;&lt;/script&gt;\n\n&gt; a</pre>')
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '![x](javascript:alert(1))',
    '<a href="https://a.b" onclick="alert(1)">x</a>',
    '<style>*{display:none}</style>',
    '<iframe src="https://a.b"></iframe>',
    '[x](vbscript:alert(1))',
    '<svg/onload=alert(1)>',
  ])('is harmless as HTML: %j', (source) => {
    expect(render(source).html).not.toMatch(
      /<(script|img|style|iframe|svg)|href="(?!https?:|mailto:)|<[^>]* on\w+=/i,
    )
  })
})
