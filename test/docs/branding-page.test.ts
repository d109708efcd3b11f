import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { readOwnTemplates } from '../../src/features/notifications/own-templates.ts'
import { readLanguages } from '../../src/locales/read-languages.ts'
import { TEMPLATES } from '../../src/features/notifications/templates/compiled-templates.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/branding.md'), 'utf8')
const PICTURES: Readonly<Record<string, string>> = {
  'brand/mark.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'brand/mark.png': Buffer.from('89504e470d0a1a0a0000000d494844520000004000000040', 'hex').toString('latin1'),
}

/** The first block of a language after a text. */
function findBlock(after: string, language: string): string {
  const [, block = ''] =
    new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page.split(after)[1] ?? '') ?? []
  return block
}

describe('docs/branding.md', () => {
  it('has an example of settings that the gateway accepts', () => {
    const variables = Object.fromEntries(
      [...findBlock('see below', 'sh').matchAll(/([A-Z_]+)=('[^']*'|\S+)/g)].map(
        ([, name = '', value = '']) => [name, value.replaceAll("'", '')],
      ),
    )
    expect(Object.keys(variables)).toHaveLength(7)
    const readBytes = (path: string) => Buffer.from(PICTURES[path] ?? '', 'latin1')
    const { branding } = loadConfig({ variables, readFile: () => '', readBytes })
    expect(branding).toMatchObject({ product: 'Lighthouse', support: 'help@example.com' })
  })

  it('has an example of a template that the gateway accepts, and the problem of a misspelt placeholder', () => {
    const html = findBlock('`code.html`:\n', 'html')
    const text = findBlock('`code.txt`:\n', 'text')
    const files = (content: string) =>
      new Map([
        ['code.html', content],
        ['code.txt', text],
      ])
    expect(readOwnTemplates(files(html), {}).kind).toBe('read')
    const broken = readOwnTemplates(files(html.replace('>{{code}}<', '>{{code}}{{cod}}<')), {})
    const problem = findBlock('form, no condition', 'text').trim().replace('TEMPLATES_DIR: ', '')
    expect(broken).toMatchObject({ problems: [problem] })
  })

  it('has an example of a language, and the problem of a text that is missing from it', () => {
    const pages = findBlock('English catalogues:', 'json')
    const read = readLanguages(new Map([['fr/pages.json', pages]]))
    const problem = findBlock('English one:', 'text').trim().replace('LOCALES_DIR: ', '')
    expect(read).toMatchObject({ kind: 'invalid', problems: expect.arrayContaining([problem]) as string[] })
    expect(JSON.stringify(read)).not.toMatch(/shell|is not known/)
  })

  it('lists every template and every placeholder', () => {
    for (const [name, { placeholders }] of Object.entries(TEMPLATES)) {
      expect(page).toContain(`| \`${name}\``)
      for (const placeholder of placeholders) expect(page).toContain(`{{${placeholder}}}`)
    }
  })
})
