import {
  isIntrospectionType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'
import { Extensions } from 'type-graphql'
import { requireSignedIn } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Context } from '../context.ts'

/**
 * Who can read or call a field.
 * - `public`: all callers.
 * - `signed-in`: every account, each with the same rights.
 * - `owner`: the account that the data belongs to. Other accounts get `NOT_FOUND`, no value, or their own
 *   data.
 * - `role:NAME`: accounts with this role.
 * - `developer`: callers that can see the development mailbox. Production has none.
 */
export type AccessClass = 'public' | 'signed-in' | 'owner' | 'developer' | `role:${string}`

/** Access classes by type and field. */
export type AccessTable = Readonly<Record<string, Readonly<Record<string, AccessClass>>>>

/** Name of the GraphQL extension that contains the class. */
const EXTENSION = 'access'

/**
 * Declares the access class of a field, or of all fields of an object type that have none of their own. The
 * gateway does not start with an unclassified field. `guardAccess` checks root fields; ownership is part of
 * the statements that services send, and `test/features/access-matrix.test.ts` tests both.
 */
export function Access(access: AccessClass): MethodDecorator & PropertyDecorator & ClassDecorator {
  return Extensions({ [EXTENSION]: access })
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
  const developer = development ? [] : listFields(schema, (access) => access === 'developer')
  if (developer.length > 0) throw new Error(`Fields for development only: ${developer.join(', ')}`)
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (!type) continue
    for (const field of Object.values(type.getFields())) {
      const access = readAccess(type, field) ?? 'owner'
      if (field.subscribe) field.subscribe = guardResolver(access, field.subscribe)
      else if (field.resolve) field.resolve = guardResolver(access, field.resolve)
    }
  }
  return schema
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

function guardResolver(access: AccessClass, resolve: Resolver): Resolver {
  return (root, args, context, info) => {
    requireAccess(access, context)
    return resolve(root, args, context, info)
  }
}

/** Throws `UNAUTHENTICATED`, `FORBIDDEN` or `SERVICE_UNAVAILABLE`. Ownership cannot be checked here. */
function requireAccess(access: AccessClass, { caller, isDeveloper }: Context): void {
  if (access === 'public') return
  if (access === 'developer') {
    if (!isDeveloper()) throw new AuthError('FORBIDDEN')
    return
  }
  const { roles } = requireSignedIn(caller)
  if (access.startsWith('role:') && !roles.includes(access.slice('role:'.length)))
    throw new AuthError('FORBIDDEN')
}
