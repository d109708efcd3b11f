import {
  Kind,
  getNamedType,
  isAbstractType,
  isObjectType,
  parse,
  parseConstValue,
  print,
  visit,
  type ConstDirectiveNode,
  type DirectiveNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'
import type { RequiredScope, RoleScopes } from '../../core/scopes.ts'
import {
  listRootTypes,
  readAccessTable,
  readRequiredScope,
  readRole,
  type AccessClass,
  type AccessTable,
} from './access.ts'
import { isShareable, readEntityKey } from './entity.ts'
import { printSortedSchema } from './schema.ts'

/** The first version that has all of the directives below: later routers read it too. */
const VERSION = 'https://specs.apollo.dev/federation/v2.5'
const DIRECTIVES = ['@key', '@shareable'] as const
const ACCESS_DIRECTIVES = ['@authenticated', '@requiresScopes'] as const

/**
 * Prints a schema as a subgraph of Apollo Federation 2, for composition.
 *
 * The directives of access follow the classes of `access.ts`, so that a router can refuse a request early.
 * They never replace the checks of the gateway, and a caller without a token is never refused what the
 * gateway returns: a type that a public operation returns, such as the `user` of `login`, has none.
 * `roleScopes`: null omits these directives.
 */
export function printSubgraphSchema(schema: GraphQLSchema, roleScopes: RoleScopes | null): string {
  const access = readAccessTable(schema)
  const open = findOpenTypes(schema, access)
  const roots = listRootTypes(schema)
  const document = visit(parse(printSortedSchema(schema)), {
    InputObjectTypeDefinition: (node) => ({
      ...node,
      directives: (node.directives ?? []).filter(isComposable),
    }),
    ObjectTypeDefinition(node) {
      const type = schema.getType(node.name.value)
      if (!isObjectType(type)) return undefined
      const isOpen = open.has(type) || roleScopes === null
      const directives = listTypeDirectives(type, isOpen)
      if (!roots.includes(type) || roleScopes === null) return { ...node, directives }
      const fields = (node.fields ?? []).map((field) => {
        const added = listFieldDirectives(type, field.name.value, access, roleScopes)
        return { ...field, directives: [...(field.directives ?? []), ...added] }
      })
      return { ...node, fields, directives }
    },
  })
  const imports = roleScopes === null ? DIRECTIVES : [...DIRECTIVES, ...ACCESS_DIRECTIVES]
  const link = `extend schema @link(url: "${VERSION}", import: ${JSON.stringify(imports)})`
  return `${print(parse(link))}\n\n${print(document)}\n`
}

/**
 * `@apollo/composition` refuses `@oneOf` as unknown. Without it a router passes such an input on, and the
 * gateway checks it.
 */
function isComposable({ name }: DirectiveNode): boolean {
  return name.value !== 'oneOf'
}

/** Types whose fields a caller without a token can read: those that a public root field returns. */
function findOpenTypes(schema: GraphQLSchema, access: AccessTable): ReadonlySet<GraphQLNamedType> {
  const open = new Set<GraphQLNamedType>()
  const add = (type: GraphQLNamedType): void => {
    if (open.has(type)) return
    open.add(type)
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(add)
    if (!isObjectType(type)) return
    for (const field of Object.values(type.getFields())) add(getNamedType(field.type))
  }
  for (const root of listRootTypes(schema))
    for (const field of Object.values(root.getFields()))
      if (access[root.name]?.[field.name] === 'public') add(getNamedType(field.type))
  return open
}

/** `isOpen`: callers without a token can read the type. */
function listTypeDirectives(type: GraphQLObjectType, isOpen: boolean): ConstDirectiveNode[] {
  const key = readEntityKey(type)
  return [
    ...(key === null ? [] : [buildDirective('key', ['fields', JSON.stringify(key)])]),
    ...(isShareable(type) ? [buildDirective('shareable')] : []),
    // Other subgraphs can return an entity, and the router then reads it here.
    ...(key === null || isOpen ? [] : [buildDirective('authenticated')]),
  ]
}

function listFieldDirectives(
  type: GraphQLObjectType,
  name: string,
  table: AccessTable,
  roleScopes: RoleScopes,
): ConstDirectiveNode[] {
  const access = table[type.name]?.[name]
  const field = type.getFields()[name]
  if (access === 'public' || access === undefined || !field) return []
  const scopes = listScopes(access, readRequiredScope(field), roleScopes)
  if (scopes.length === 0) return [buildDirective('authenticated')]
  const required = buildDirective('requiresScopes', ['scopes', JSON.stringify([scopes])])
  return [buildDirective('authenticated'), required]
}

/**
 * The scopes that every token of an authorized caller has: those of the role of the class, and the scope of
 * the field. A scope that no role grants is in no token of a session, so a router must not ask for it.
 */
function listScopes(
  access: AccessClass,
  scope: RequiredScope | undefined,
  roleScopes: RoleScopes,
): readonly string[] {
  const role = readRole(access)
  const ofRole = role === null ? [] : (roleScopes[role] ?? [])
  const isGranted =
    scope !== undefined &&
    // Not a scope: no program has it.
    scope !== 'session' &&
    Object.values(roleScopes).some((scopes) => scopes.includes(scope))
  return [...new Set([...ofRole, ...(isGranted ? [scope] : [])])]
}

function buildDirective(name: string, argument?: readonly [name: string, value: string]): ConstDirectiveNode {
  const toName = (value: string) => ({ kind: Kind.NAME, value }) as const
  return {
    kind: Kind.DIRECTIVE,
    name: toName(name),
    arguments: argument
      ? [{ kind: Kind.ARGUMENT, name: toName(argument[0]), value: parseConstValue(argument[1]) }]
      : [],
  }
}
