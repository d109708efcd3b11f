import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { SCOPES, type RequiredScope, type Scope } from '../src/core/scopes.ts'
import {
  listRootTypes,
  readAccessTable,
  readRequiredScope,
  type AccessClass,
} from '../src/graphql/schema/access.ts'
import { replacePart, replacePartOf } from './page-parts.ts'
import { schemaWithoutServices } from './print-schema.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/access.md')
/** The types whose fields are operations. */
const ROOTS = ['Query', 'Mutation', 'Subscription']

/** `docs/access.md` with its table of fields. */
export async function accessPage(): Promise<string> {
  const schema = schemaWithoutServices()
  const types = Object.entries(readAccessTable(schema))
  const isRoot = ([name]: readonly [string, unknown]) => ROOTS.includes(name)
  const sorted = [
    ...ROOTS.flatMap((root) => types.filter(([name]) => name === root)),
    ...types.filter((type) => !isRoot(type)).toSorted(([a], [b]) => a.localeCompare(b)),
  ]
  const head = ['| type | access | fields |', '| --- | --- | --- |']
  const page = await replacePart(file, 'access', [...head, ...sorted.flatMap(toRows)].join('\n'))
  return replacePartOf(file, page, 'scopes', toScopeTable(schema).join('\n'))
}

/** The root fields by what they require of a program. */
function toScopeTable(schema: GraphQLSchema): string[] {
  const fields = listRootTypes(schema).flatMap((type) => Object.values(type.getFields()))
  const scopes: readonly RequiredScope[] = [...(Object.keys(SCOPES) as Scope[]), 'session']
  const rows = [undefined, ...scopes].map((scope) => {
    const names = fields
      .filter((field) => readRequiredScope(field) === scope)
      .map(({ name }) => `\`${name}\``)
    return `| ${scope === undefined ? 'nothing' : `\`${scope}\``} | ${names.toSorted().join(', ')} |`
  })
  return ['| requires | fields |', '| --- | --- |', ...rows]
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
