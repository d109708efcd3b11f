import { readFileSync } from 'node:fs'
import { format, resolveConfig, type Options } from 'prettier'

/**
 * A page whose part between `<!-- name -->` and `<!-- /name -->` is replaced with a text; the rest is written
 * by hand. `options` of Prettier extend those of the repository. Throws if the page has no such part.
 */
export async function replacePart(
  file: string,
  name: string,
  text: string,
  options: Options = {},
): Promise<string> {
  return replacePartOf(file, readFileSync(file, 'utf8'), name, text, options)
}

/** The same for a page of the file that is not written yet. */
export async function replacePartOf(
  file: string,
  page: string,
  name: string,
  text: string,
  options: Options = {},
): Promise<string> {
  const [before = '', after] = page.split(new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- /${name} -->`))
  if (after === undefined) throw new Error(`${file} has no part ${name}`)
  const replaced = `${before}<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->${after}`
  return format(replaced, { ...(await resolveConfig(file)), ...options, parser: 'markdown' })
}
