import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'

/**
 * A page of the docs with the table between its marks `<!-- name -->` and `<!-- /name -->` as the code has it; the words around it
 * are written by hand.
 */
export async function pageWithTable(file: string, name: string, rows: readonly string[]): Promise<string> {
  const part = new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- /${name} -->`)
  const table = `<!-- ${name} -->\n\n${rows.join('\n')}\n\n<!-- /${name} -->`
  const page = readFileSync(file, 'utf8').replace(part, () => table)
  return format(page, { ...(await resolveConfig(file)), parser: 'markdown' })
}
