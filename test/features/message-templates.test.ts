import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compiledTemplates } from '../../scripts/compile-templates.ts'
import { renderHtml, renderText, listPlaceholders } from '../../src/core/template.ts'
import { DESIGN_TOKENS } from '../../src/core/design-tokens.ts'
import { TEMPLATES } from '../../src/features/notifications/templates/compiled-templates.ts'

const folder = join(resolve(import.meta.dirname, '../..'), 'src/features/notifications/templates')

describe('the templates', () => {
  it('are committed in their compiled form', async () => {
    expect(readFileSync(join(folder, 'compiled-templates.ts'), 'utf8')).toBe(await compiledTemplates())
    const sources = readdirSync(folder).filter((name) => /\.(mjml|txt)$/.test(name))
    expect(sources.sort()).toEqual(
      Object.keys(TEMPLATES)
        .flatMap((name) => [`${name}.mjml`, `${name}.txt`])
        .sort(),
    )
  })

  it.each(Object.entries(TEMPLATES))(
    '%s has the same content in text and in HTML',
    (_name, { html, text, placeholders }) => {
      const inHtml = listPlaceholders(html)
      const inText = listPlaceholders(text)
      expect([...new Set([...inHtml, ...inText])].sort()).toEqual(placeholders)
      // The subject and the preheader are not part of the text.
      const dressing = ['language', 'direction', 'subject', 'preheader', 'button', 'linkFallback']
      expect(inHtml.filter((name) => !inText.includes(name) && !dressing.includes(name))).toEqual([])
      expect(inText.filter((name) => !inHtml.includes(name))).toEqual([])
    },
  )

  it('have the colours of the design only', () => {
    const { light, dark } = DESIGN_TOKENS.colors
    const known = [...Object.values(light), ...Object.values(dark)] as string[]
    for (const { html } of Object.values(TEMPLATES))
      for (const [color] of html.matchAll(/#[\da-f]{6}\b/gi)) expect(known).toContain(color)
  })

  it('reject missing values', () => {
    expect(() => renderText('Hello {{name}}', {})).toThrow('placeholder name')
    expect(() => renderHtml('<p>{{name}}</p>', { other: 'x' })).toThrow('placeholder name')
    expect(() => renderText('{{toString}}', {})).toThrow('placeholder toString')
    expect(() => renderText('{{__proto__}}', {})).toThrow('placeholder __proto__')
  })

  it('escape every value; no placeholder is exempt', () => {
    const value = `&<>"'\`\u0000`
    expect(renderHtml('<a href="{{x}}">{{x}}</a>', { x: value })).toBe(
      '<a href="&#38;&#60;&#62;&#34;&#39;&#96;\u0000">&#38;&#60;&#62;&#34;&#39;&#96;\u0000</a>',
    )
    expect(renderText('{{x}}', { x: '$& $1 {{x}}' })).toBe('$& $1 {{x}}')
    // A placeholder within a style or a script would need another escape: there is none.
    for (const { html } of Object.values(TEMPLATES))
      for (const [block] of html.matchAll(/<(style|script)\b[\s\S]*?<\/\1>| style="[^"]*"/g))
        expect(listPlaceholders(block)).toEqual([])
  })
})
