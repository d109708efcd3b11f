import { isObjectType, isIntrospectionType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { requireSignedIn } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Context } from '../context.ts'

/**
 * Whom a field serves. `public`: anybody. `signed-in`: any account, each with the same rights. `owner`: the account that it
 * belongs to; others get NOT_FOUND, nothing, or what is their own. `role:NAME`: accounts with this role. `developer`: whoever
 * may see what a development server is about; there are none in production.
 */
export type Access = 'public' | 'signed-in' | 'owner' | 'developer' | `role:${string}`

/** Classes by type and field. */
export type AccessTable = Readonly<Record<string, Readonly<Record<string, Access>>>>

/**
 * The class of every field of every type: the one place. The gateway does not start with a field that has none, and asks for
 * a sign-in or a role before any root field that is not public; ownership is part of the statements that services send, and
 * `test/features/access-matrix.test.ts` holds both to this table. `message` is classed as the `messageKey` beside it.
 */
export const FIELD_ACCESS: AccessTable = withMessages({
  Query: {
    ...all('signed-in', 'post', 'posts'),
    ...all('owner', 'me', 'myAuditEvents', 'mySecondFactor', 'sessions'),
  },
  Mutation: {
    ...all(
      'public',
      'login',
      'logout',
      'refresh',
      'register',
      'registerPhone',
      'requestOtp',
      'resetPassword',
      'verifyEmail',
      'verifyMfa',
      'verifyOtp',
    ),
    ...all('signed-in', 'createPost'),
    ...all('owner', 'confirmTotp', 'disableTotp', 'enrollTotp', 'regenerateRecoveryCodes'),
    ...all('owner', 'changePassword', 'deletePost', 'revokeOtherSessions', 'revokeSession', 'updatePost'),
  },
  Subscription: all('owner', 'sessionEvents'),

  User: {
    ...all('signed-in', 'createdAt', 'fullName', 'id', 'status'),
    ...all('owner', 'email', 'emailVerified', 'phone', 'phoneVerified', 'roles'),
  },
  Post: all(
    'signed-in',
    ...['author', 'content', 'contentHtml', 'createdAt', 'id', 'published', 'title', 'updatedAt'],
  ),
  PostConnection: all('signed-in', 'edges', 'nodes', 'pageInfo', 'totalCount'),
  PostEdge: all('signed-in', 'cursor', 'node'),
  PageInfo: all('signed-in', 'endCursor', 'hasNextPage', 'hasPreviousPage', 'startCursor'),
  DeletePostPayload: all('owner', 'messageKey', 'postId'),

  Session: all(
    'owner',
    ...[
      'createdAt',
      'current',
      'device',
      'expiresAt',
      'id',
      'ipAddress',
      'lastUsedAt',
      'methods',
      'userAgent',
    ],
  ),
  SessionEvent: all('owner', 'kind', 'reason', 'sessionId'),
  RevokeSessionPayload: all('owner', 'messageKey', 'sessionId'),
  RevokeOtherSessionsPayload: all('owner', 'messageKey', 'revokedSessions'),
  AuditEvent: all('owner', 'at', 'event', 'id', 'ipAddress', 'reason', 'sessionId'),
  AuditEventConnection: all('owner', 'edges', 'nodes', 'pageInfo'),
  AuditEventEdge: all('owner', 'cursor', 'node'),

  AuthPayload: all(
    'owner',
    ...['accessToken', 'expiresIn', 'messageKey', 'refreshExpiresIn', 'refreshToken', 'session', 'tokenType'],
    'user',
  ),
  PhoneVerified: all('owner', 'messageKey', 'user'),
  VerifyEmailPayload: all('owner', 'messageKey', 'signIn', 'user'),
  ChangePasswordPayload: all('owner', 'messageKey', 'revokedSessions'),
  PasswordResetGrant: all('public', 'expiresIn', 'messageKey', 'mfaMethods', 'resetToken'),
  MfaChallenge: all('public', 'challengeId', 'expiresIn', 'methods'),
  TotpEnrollment: all('owner', 'expiresIn', 'otpauthUri', 'qrCode', 'secret'),
  ConfirmTotpPayload: all('owner', 'messageKey', 'recoveryCodes', 'revokedSessions'),
  DisableTotpPayload: all('owner', 'messageKey'),
  RegenerateRecoveryCodesPayload: all('owner', 'messageKey', 'recoveryCodes'),
  SecondFactorStatus: all('owner', 'recoveryCodesLeft', 'totpEnabled', 'totpEnabledAt'),
  LogoutPayload: all('public', 'messageKey', 'revokedSessions'),
  RegisterPayload: all('public', 'challengeId', 'expiresIn', 'messageKey', 'otpCode'),
  RequestOtpPayload: all(
    'public',
    ...['challengeId', 'channel', 'destination', 'expiresIn', 'messageKey', 'otpCode', 'resendAvailableIn'],
  ),
})

function all(access: Access, ...fields: readonly string[]): Readonly<Record<string, Access>> {
  return Object.fromEntries(fields.map((field) => [field, access]))
}

/** The classes with those of fields that exist outside production alone. */
export const DEVELOPMENT_ACCESS: AccessTable = {
  ...FIELD_ACCESS,
  Query: { ...FIELD_ACCESS['Query'], ...all('developer', 'devOutbox') },
  OutboxMessage: all('developer', 'at', 'channel', 'html', 'subject', 'text', 'to'),
}

/** Whoever may read a `messageKey` may read its text. */
function withMessages(table: AccessTable): AccessTable {
  return Object.fromEntries(
    Object.entries(table).map(([type, fields]) => {
      const { messageKey } = fields
      return [type, messageKey === undefined ? fields : { ...fields, message: messageKey }]
    }),
  )
}

/** Fields of the schema that the table does not class, as `Type.field`. */
export function unclassified(schema: GraphQLSchema, table: AccessTable): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || isIntrospectionType(type)) return []
    const missing = Object.keys(type.getFields()).filter((field) => table[type.name]?.[field] === undefined)
    return missing.map((field) => `${type.name}.${field}`)
  })
}

/** The second lock: has every root field of the schema ask for what its class says. Throws for a field without a class. */
export function guardAccess(schema: GraphQLSchema, table: AccessTable): GraphQLSchema {
  const missing = unclassified(schema, table)
  if (missing.length > 0) throw new Error(`no access class in graphql/access.ts: ${missing.join(', ')}`)
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const access = table[type?.name ?? '']?.[field.name] ?? 'owner'
      if (field.subscribe) field.subscribe = guarded(access, field.subscribe)
      else if (field.resolve) field.resolve = guarded(access, field.resolve)
    }
  }
  return schema
}

type Resolve = GraphQLFieldResolver<unknown, Context>

function guarded(access: Access, resolve: Resolve): Resolve {
  return (root, args, context, info) => {
    admit(access, context)
    return resolve(root, args, context, info)
  }
}

/** Throws `UNAUTHENTICATED`, `FORBIDDEN` or `SERVICE_UNAVAILABLE`. Whose a thing is cannot be told here. */
function admit(access: Access, { caller, isDeveloper }: Context): void {
  if (access === 'public') return
  if (access === 'developer') {
    if (!isDeveloper()) throw new AuthError('FORBIDDEN')
    return
  }
  const { roles } = requireSignedIn(caller)
  if (access.startsWith('role:') && !roles.includes(access.slice('role:'.length)))
    throw new AuthError('FORBIDDEN')
}
