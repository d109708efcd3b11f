import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readAccessTable, type AccessClass } from '../src/graphql/schema/access.ts'
import { replacePart } from './page-parts.ts'
import { schemaWithoutServices } from './print-schema.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/access.md')
/** The types whose fields are operations. */
const ROOTS = ['Query', 'Mutation', 'Subscription']

/** `docs/access.md` with its table of fields. */
export async function accessPage(): Promise<string> {
  const types = Object.entries(readAccessTable(schemaWithoutServices()))
  const isRoot = ([name]: readonly [string, unknown]) => ROOTS.includes(name)
  const sorted = [
    ...ROOTS.flatMap((root) => types.filter(([name]) => name === root)),
    ...types.filter((type) => !isRoot(type)).toSorted(([a], [b]) => a.localeCompare(b)),
  ]
  const head = ['| type | access | fields |', '| --- | --- | --- |']
  return replacePart(file, 'access', [...head, ...sorted.flatMap(toRows)].join('\n'))
}

/** One row for each access class of a type. */
function toRows([type, fields]: readonly [string, Readonly<Record<string, AccessClass>>]): string[] {
  const classes = [...new Set(Object.values(fields))].toSorted()
  return classes.map((access) => {
    const names = Object.keys(fields).filter((name) => fields[name] === access)
    const list = names.toSorted().map((name) => `\`${name}\``)
    return `| \`${type}\` | ${access} | ${list.join(', ')} |`
  })
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await accessPage())
