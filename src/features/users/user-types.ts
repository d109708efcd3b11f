import type { AccountCaller } from '../../core/caller.ts'
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { Cacheable } from '../../graphql/schema/cacheable.ts'
import { NodeInterface } from '../../graphql/schema/node.ts'
import { Entity } from '../../graphql/schema/entity.ts'
import { PLAIN_FIELDS } from '../../graphql/schema/plain-fields.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { User } from '../../ports/users.ts'

/** GraphQL enum of account states. */
export const UserStatusEnum = { PENDING: 'PENDING', ACTIVE: 'ACTIVE', SUSPENDED: 'SUSPENDED' } as const
registerEnumType(UserStatusEnum, {
  name: 'UserStatus',
  description: 'Status of an account.',
  valuesConfig: {
    PENDING: { description: 'Registered, but the address is not verified. Cannot sign in.' },
    ACTIVE: { description: 'Can sign in.' },
    SUSPENDED: { description: 'Suspended by an operator. Cannot sign in, and has no sessions.' },
  },
})

@Cacheable('account')
@Entity('id')
@ObjectType('User', { ...PLAIN_FIELDS, description: 'An account.', implements: NodeInterface })
export class UserType {
  @Access('signed-in')
  @Field(() => ID, { description: 'Account id.' })
  id!: string
  @Access('owner')
  @Field(() => String, {
    nullable: true,
    description: 'E-mail address in canonical form. Null for other accounts.',
  })
  email!: string | null
  @Access('owner')
  @Field(() => Boolean, {
    description: 'Whether the e-mail address is verified. False for other accounts.',
  })
  emailVerified!: boolean
  @Access('owner')
  @Field(() => String, {
    nullable: true,
    description: 'Phone number in E.164 format. Null for other accounts.',
  })
  phone!: string | null
  @Access('owner')
  @Field(() => Boolean, {
    description: 'Whether the phone number is verified. False for other accounts.',
  })
  phoneVerified!: boolean
  @Access('signed-in')
  @Field(() => String, { nullable: true, description: 'Full name, as it was entered.' })
  fullName!: string | null
  @Access('signed-in')
  @Field(() => UserStatusEnum, { description: 'Status of the account.' })
  status!: User['status']
  @Access('owner')
  @Field(() => [String], { description: 'Names of roles. Empty for other accounts.' })
  roles!: readonly string[]
  @Access('owner')
  @Field(() => Boolean, {
    description:
      'Whether the account has a password. Without one it signs in by code, and `RESET_PASSWORD` sets one. False for other accounts.',
  })
  hasPassword!: boolean
  @Access('signed-in')
  @Field(() => DateTime, { description: 'Time of registration.' })
  createdAt!: Date
}

/** The fields of an account that every signed-in caller may see. */
export type PublicUser = Pick<User, 'id' | 'fullName' | 'status' | 'createdAt'>

/** Converts an account for other viewers: contacts and roles are private. */
export function toPublicUserView({ id, fullName, status, createdAt }: PublicUser): UserType {
  const contacts = { email: null, emailVerified: false, phone: null, phoneVerified: false }
  return { id, fullName, status, createdAt, ...contacts, roles: [], hasPassword: false }
}

/**
 * Converts an account for a caller who has proven access to its e-mail address and is not signed in, for
 * example because a second step is missing: the address, and nothing else that is private.
 */
export function toAddressView({ fullName: _, ...user }: User): UserType {
  const emailVerified = user.emailVerifiedAt !== null
  return { ...toPublicUserView({ ...user, fullName: null }), email: user.email, emailVerified }
}

/** Converts an account for a viewer. Only the owner sees contacts and roles. */
export function toUserView(user: User, viewerId: string): UserType {
  if (user.id !== viewerId) return toPublicUserView(user)
  const { id, fullName, status, createdAt, email, phone, roles, hasPassword } = user
  const emailVerified = user.emailVerifiedAt !== null
  const phoneVerified = user.phoneVerifiedAt !== null
  return {
    id,
    fullName,
    status,
    createdAt,
    email,
    emailVerified,
    phone,
    phoneVerified,
    roles,
    hasPassword,
  }
}

/**
 * Converts an account, perhaps the caller's own. Only its owner sees contacts and roles, and a program of the
 * owner that may read them.
 */
export function toUserViewFor(caller: AccountCaller, user: PublicUser): UserType {
  const isReadable = caller.kind === 'signed-in' || caller.scopes.includes('account:read')
  return isReadable && user.id === caller.userId
    ? toUserView(caller.account, caller.userId)
    : toPublicUserView(user)
}
