import {
  isIntrospectionType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'
import { Extensions } from 'type-graphql'
import { requireAccount, requireScope } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { RequiredScope } from '../../core/scopes.ts'
import type { Context } from '../context.ts'

/**
 * Who can read or call a field.
 * - `public`: all callers.
 * - `signed-in`: every account, each with the same rights.
 * - `owner`: the account that the data belongs to. Other accounts get `NOT_FOUND`, no value, or their own
 *   data.
 * - `owner-or-admin`: the account that the data belongs to, and accounts with the role `ADMIN`. Others get
 *   `NOT_FOUND`.
 * - `role:NAME`: accounts with this role.
 * - `developer`: callers that can see the development mailbox. Production has none.
 */
export type AccessClass = 'public' | 'signed-in' | 'owner' | 'owner-or-admin' | 'developer' | `role:${string}`

/** Access classes by type and field. */
export type AccessTable = Readonly<Record<string, Readonly<Record<string, AccessClass>>>>

/** Names of the GraphQL extensions that contain the class and the scope. */
const EXTENSION = 'access'
const SCOPE_EXTENSION = 'scope'

/**
 * Declares the access class of a field, or of all fields of an object type that have none of their own, and
 * what a root field requires of a program (`RequiredScope`). Of root fields, only `public` and `developer`
 * ones need no scope: programs may call them then. The gateway does not start with an unclassified field, or
 * with a root field without its scope. `guardAccess` checks root fields; ownership is part of
 * the statements that services send, and `test/features/access-matrix.test.ts` tests both.
 */
export function Access(
  access: AccessClass,
  scope?: RequiredScope,
): MethodDecorator & PropertyDecorator & ClassDecorator {
  return Extensions(
    scope === undefined ? { [EXTENSION]: access } : { [EXTENSION]: access, [SCOPE_EXTENSION]: scope },
  )
}

/** The access class of every classified field of a schema. */
export function readAccessTable(schema: GraphQLSchema): AccessTable {
  const rows = listObjectTypes(schema).map((type) => {
    const classes = Object.values(type.getFields()).flatMap((field) => {
      const access = readAccess(type, field)
      return access === undefined ? [] : [[field.name, access] as const]
    })
    return [type.name, Object.fromEntries(classes)] as const
  })
  return Object.fromEntries(rows)
}

/** Fields without an access class, as `Type.field`. */
export function findUnclassifiedFields(schema: GraphQLSchema): string[] {
  return listFields(schema, (access) => access === undefined)
}

/** What a root field requires of a program; undefined: nothing. */
export function readRequiredScope({ extensions }: GraphQLField<unknown, unknown>): RequiredScope | undefined {
  return extensions[SCOPE_EXTENSION] as RequiredScope | undefined
}

/** Root fields that must declare a scope and do not, as `Type.field`. */
export function findUnscopedFields(schema: GraphQLSchema): string[] {
  return listRootTypes(schema).flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => needsScope(readAccess(type, field)) && readRequiredScope(field) === undefined)
      .map((field) => `${type.name}.${field.name}`),
  )
}

/** Fields of the class `role:NAME` whose role is not one of `roles`, as `Type.field (NAME)`. */
export function findUndeclaredRoles(schema: GraphQLSchema, roles: readonly string[]): string[] {
  return Object.entries(readAccessTable(schema)).flatMap(([type, fields]) =>
    Object.entries(fields).flatMap(([field, access]) => {
      const role = readRole(access)
      return role === null || roles.includes(role) ? [] : [`${type}.${field} (${role})`]
    }),
  )
}

/**
 * Makes every root field check its access class before its resolver runs. Throws if a field has no class, or
 * if a field of development is in another schema.
 */
export function guardAccess(
  schema: GraphQLSchema,
  { development }: { readonly development: boolean },
): GraphQLSchema {
  const unclassified = findUnclassifiedFields(schema)
  if (unclassified.length > 0) throw new Error(`Fields without an access class: ${unclassified.join(', ')}`)
  const unscoped = findUnscopedFields(schema)
  if (unscoped.length > 0) throw new Error(`Fields without a scope: ${unscoped.join(', ')}`)
  const developer = development ? [] : listFields(schema, (access) => access === 'developer')
  if (developer.length > 0) throw new Error(`Fields for development only: ${developer.join(', ')}`)
  for (const type of listRootTypes(schema)) {
    for (const field of Object.values(type.getFields())) {
      const rule = { access: readAccess(type, field) ?? 'owner', scope: readRequiredScope(field) }
      if (field.subscribe) field.subscribe = guardResolver(rule, field.subscribe)
      else if (field.resolve) field.resolve = guardResolver(rule, field.resolve)
    }
  }
  return schema
}

/** The types of operations. */
export function listRootTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return types.filter((type) => type !== null && type !== undefined)
}

function needsScope(access: AccessClass | undefined): boolean {
  return access !== 'public' && access !== 'developer'
}

function listObjectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !isIntrospectionType(type),
  )
}

function listFields(schema: GraphQLSchema, isListed: (access: AccessClass | undefined) => boolean): string[] {
  return listObjectTypes(schema).flatMap((type) => {
    const fields = Object.values(type.getFields()).filter((field) => isListed(readAccess(type, field)))
    return fields.map((field) => `${type.name}.${field.name}`)
  })
}

function readAccess(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): AccessClass | undefined {
  return (field.extensions[EXTENSION] ?? type.extensions[EXTENSION]) as AccessClass | undefined
}

type Resolver = GraphQLFieldResolver<unknown, Context>

/** What a root field requires of a caller. */
interface AccessRule {
  readonly access: AccessClass
  readonly scope: RequiredScope | undefined
}

function guardResolver(rule: AccessRule, resolve: Resolver): Resolver {
  return (root, args, context, info) => {
    requireAccess(rule, context)
    return resolve(root, args, context, info)
  }
}

/** Throws `UNAUTHENTICATED`, `FORBIDDEN` or `SERVICE_UNAVAILABLE`. Ownership cannot be checked here. */
function requireAccess({ access, scope }: AccessRule, { caller, isDeveloper }: Context): void {
  if (scope !== undefined) requireScope(caller, scope)
  if (access === 'public') return
  if (access === 'developer') {
    if (!isDeveloper()) throw new AuthError('FORBIDDEN')
    return
  }
  const { roles } = requireAccount(caller)
  const role = readRole(access)
  if (role !== null && !roles.includes(role)) throw new AuthError('FORBIDDEN')
}

/** The role of a class `role:NAME`; null for any other class. */
export function readRole(access: AccessClass): string | null {
  return access.startsWith('role:') ? access.slice('role:'.length) : null
}
