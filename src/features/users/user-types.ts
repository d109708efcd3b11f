import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { User } from '../../ports/users.ts'

/** GraphQL enum of account states. */
export const UserStatusEnum = { PENDING: 'PENDING', ACTIVE: 'ACTIVE', SUSPENDED: 'SUSPENDED' } as const
registerEnumType(UserStatusEnum, {
  name: 'UserStatus',
  description: 'Standing of an account.',
  valuesConfig: {
    PENDING: { description: 'Registered; the address is not verified yet. Cannot sign in.' },
    ACTIVE: { description: 'Can sign in.' },
    SUSPENDED: { description: 'Shut by an operator. Cannot sign in; every session has ended.' },
  },
})

@ObjectType('User', { description: 'An account.' })
export class UserType {
  @Access('signed-in')
  @Field(() => ID, { description: 'Stable identifier.' })
  id!: string
  @Access('owner')
  @Field(() => String, {
    nullable: true,
    description: 'Canonical e-mail address; null for anyone but the account itself.',
  })
  email!: string | null
  @Access('owner')
  @Field(() => Boolean, {
    description: 'Whether the e-mail address was verified; false for anyone but the account itself.',
  })
  emailVerified!: boolean
  @Access('owner')
  @Field(() => String, {
    nullable: true,
    description: 'Phone number in E.164; null for anyone but the account itself.',
  })
  phone!: string | null
  @Access('owner')
  @Field(() => Boolean, {
    description: 'Whether the phone number was verified; false for anyone but the account itself.',
  })
  phoneVerified!: boolean
  @Access('signed-in')
  @Field(() => String, { nullable: true, description: 'Name as the person gave it.' })
  fullName!: string | null
  @Access('signed-in')
  @Field(() => UserStatusEnum, { description: 'Standing of the account.' })
  status!: User['status']
  @Access('owner')
  @Field(() => [String], { description: 'Role names; empty for anyone but the account itself.' })
  roles!: readonly string[]
  @Access('signed-in')
  @Field(() => DateTime, { description: 'When the account was registered.' })
  createdAt!: Date
}

/** The account as `viewerId` may see it: contact and roles are for its owner alone. */
export function toUserView(user: User, viewerId: string): UserType {
  const { id, fullName, status, createdAt } = user
  if (user.id !== viewerId) {
    return {
      id,
      fullName,
      status,
      createdAt,
      email: null,
      emailVerified: false,
      phone: null,
      phoneVerified: false,
      roles: [],
    }
  }
  const { email, phone, roles } = user
  const emailVerified = user.emailVerifiedAt !== null
  return {
    id,
    fullName,
    status,
    createdAt,
    email,
    emailVerified,
    phone,
    phoneVerified: user.phoneVerifiedAt !== null,
    roles,
  }
}
