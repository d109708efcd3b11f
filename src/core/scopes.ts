/**
 * The scopes that fields of this schema require of a program (RFC 6749 §3.3), with their meaning. Other
 * services can require further scopes, which roles grant (`ROLE_SCOPES`).
 */
export const SCOPES = {
  'account:read':
    'The account of the caller: `me`, and the private fields of the caller as the author of a post.',
  'posts:read': 'Published posts, and drafts of the account.',
  'posts:write': 'Create, change and delete posts of the account.',
} as const satisfies Readonly<Record<string, string>>

/** A scope that a field can require. */
export type Scope = keyof typeof SCOPES

/**
 * What a root field requires of a program: a scope, or a session, which no program has. Fields that manage
 * the account, its contacts, its second factor, its sessions or its keys require a session.
 */
export type RequiredScope = Scope | 'session'

/** The scopes that each role grants. */
export type RoleScopes = Readonly<Record<string, readonly string[]>>

/** Scopes that every account can grant, without any role. */
const OWN_SCOPES: readonly Scope[] = ['account:read']

/** The scopes that an account with these roles can grant to a program. */
export function listGrantableScopes(roles: readonly string[], roleScopes: RoleScopes): readonly string[] {
  return [...new Set([...OWN_SCOPES, ...roles.flatMap((role) => roleScopes[role] ?? [])])]
}
