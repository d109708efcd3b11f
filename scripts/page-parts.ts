import { readFileSync } from 'node:fs'
import { format, resolveConfig, type Options } from 'prettier'

/**
 * A page with the part between its marks `<!-- name -->` and `<!-- /name -->` as it is now; the words around it are written by
 * hand. `options` of Prettier add to those of the repository. Throws where the page has no such part.
 */
export async function pageWithPart(
  file: string,
  name: string,
  text: string,
  options: Options = {},
): Promise<string> {
  const [before = '', after] = readFileSync(file, 'utf8').split(
    new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- /${name} -->`),
  )
  if (after === undefined) throw new Error(`${file} has no part ${name}`)
  const page = `${before}<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->${after}`
  return format(page, { ...(await resolveConfig(file)), ...options, parser: 'markdown' })
}
