import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { listPlaceholders } from '../src/core/template.ts'
import { TOOLS, installTools } from './install-tools.ts'

/** The part of MJML that is used; it is installed with the tools, so its types are not at hand. */
type Mjml = (source: string, options: Readonly<Record<string, unknown>>) => Promise<{ readonly html: string }>

const folder = join(resolve(import.meta.dirname, '..'), 'src/features/notifications/templates')
const target = join(folder, 'compiled-templates.ts')

/**
 * Text of the module that the runtime has its templates from: each as HTML and as plain text, with the names
 * of its placeholders.
 */
export async function compiledTemplates(): Promise<string> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.mjml'))
    .map((file) => basename(file, '.mjml'))
    .sort()
  await installTools()
  const mjml = createRequire(join(TOOLS, 'package.json'))('mjml') as Mjml
  const entries = await Promise.all(names.map((name) => compileEntry(mjml, name)))
  return `// Written by \`npm run generate\` from the files beside it. Do not edit.

/** Templates by name. */
export const TEMPLATES = {
${entries.join('\n')}
} as const
`
}

async function compileEntry(mjml: Mjml, name: string): Promise<string> {
  const html = await compileHtml(mjml, join(folder, `${name}.mjml`))
  const text = readFileSync(join(folder, `${name}.txt`), 'utf8')
  const placeholders = listPlaceholders(html + text).sort()
  const lines = Object.entries({ html, text, placeholders }).map(
    ([key, value]) => `    ${key}: ${JSON.stringify(value)},`,
  )
  return `  ${JSON.stringify(name)}: {\n${lines.join('\n')}\n  },`
}

/**
 * The HTML of an MJML file, with the placeholders that the formatter changed restored: without web fonts,
 * comments other than those for Outlook, and insignificant white space.
 */
async function compileHtml(mjml: Mjml, file: string): Promise<string> {
  const options = { filePath: file, validationLevel: 'strict', fonts: {}, keepComments: false }
  const { html } = await mjml(readFileSync(file, 'utf8'), options)
  return html
    .replace(/\s+/g, ' ')
    .replaceAll('" >', '">')
    .replace(/(<\/\w+) >/g, '$1>')
    .replaceAll('> <', '><')
    .replace(/\{\{ ?(\w+) ?\}\}/g, '{{$1}}')
    .trim()
}

if (process.argv[1] === import.meta.filename) writeFileSync(target, await compiledTemplates())
