import { z } from 'zod'
import type { RoleScopes } from '../../core/scopes.ts'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { commaSeparated, wholeNumber } from '../setting-types.ts'
import type { TokenValues } from './token.ts'

/** Scope tokens of RFC 6749 §3.3, separated by spaces. */
const SCOPES = '[\\x21\\x23-\\x2B\\x2D-\\x5B\\x5D-\\x7E ]*'

const ROLE = '[A-Z][A-Z0-9_]{0,31}'

const roleScopes = z
  .string()
  .regex(
    new RegExp(`^${ROLE}=${SCOPES}(,${ROLE}=${SCOPES})*$`),
    'roles with their scopes such as USER=posts:read posts:write,EDITOR=posts:publish',
  )
  .transform((list) => Object.fromEntries(list.split(',').map(parseRole)))
  .describe('`ROLE=scope scope` entries separated by commas')

/** The role of a new account. */
const FIRST_ROLE = 'USER'
const DEFAULT_ROLES: readonly string[] = [FIRST_ROLE, 'EDITOR', 'SUPPORT', 'ADMIN']

const roles = commaSeparated
  .refine(
    (names) => names.every((name) => new RegExp(`^${ROLE}$`).test(name)),
    'roles such as USER,EDITOR: capital letters, digits and _, separated by commas',
  )
  .transform((names) => [...new Set(names)])
  .describe('names separated by commas')

const settings = {
  REFRESH_TOKEN_DAYS: {
    type: wholeNumber(1, 365).default(7),
    unit: 'd',
    doc: 'Lifetime of a refresh token. A session that is not refreshed within it expires.',
  },
  REFRESH_GRACE_SECONDS: {
    type: wholeNumber(0, 300).default(30),
    unit: 's',
    doc: 'Time during which a repeated refresh with the previous token returns the same new token, so that a client can retry.',
  },
  REFRESH_TRANSPORT: {
    type: z.enum(['body', 'cookie']).default('body'),
    doc: '`body`: refresh tokens are arguments and fields of GraphQL. `cookie`: they are sent as the cookie `__Host-gateway-refresh` (HttpOnly, Secure, SameSite=Strict), to pages of `PUBLIC_URL` and `CORS_ORIGINS` only.',
  },
  SESSION_MAX_DAYS: {
    type: wholeNumber(1, 365).default(30),
    unit: 'd',
    doc: 'Absolute lifetime of a session, from the sign-in. At least `REFRESH_TOKEN_DAYS`.',
  },
  SESSION_IDLE_MINUTES: {
    type: wholeNumber(0, 525_600).default(0),
    unit: 'min',
    doc: 'Idle timeout: a session that is not refreshed for this long expires. Must be more than `ACCESS_TOKEN_MINUTES`; 0 disables it, and only `REFRESH_TOKEN_DAYS` applies.',
  },
  SESSIONS_PER_USER: {
    type: wholeNumber(1, 1000).default(20),
    doc: 'Maximum number of sessions of one account. A further sign-in revokes the oldest session.',
  },
  ROLES: {
    type: roles.optional(),
    doc: 'Roles that an account can have. `gateway user roles` rejects every other one. `USER`, the role of a new account, is required. `ADMIN` reads, changes and deletes the posts of all authors.',
    fallback: '`USER,EDITOR,SUPPORT,ADMIN` and the roles of `ROLE_SCOPES`',
  },
  ROLE_SCOPES: {
    type: roleScopes.prefault('USER=posts:read posts:write'),
    doc: 'Scopes (RFC 6749 §3.3) that each role grants, such as `USER=posts:read posts:write,EDITOR=posts:publish`. They are evaluated at every refresh.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type SessionValues = ValuesOf<typeof settings>

type Values = SessionValues & TokenValues

/** Lifetimes of sessions, and how refresh tokens are transported. */
export interface SessionConfig {
  readonly refreshDays: number
  readonly graceSeconds: number
  readonly transport: 'body' | 'cookie'
  readonly maxDays: number
  /** 0: only `refreshDays` applies. */
  readonly idleMinutes: number
  readonly perUser: number
  /** Roles that an account can have. */
  readonly roles: readonly string[]
  /** Scopes by role. */
  readonly roleScopes: RoleScopes
}

/** Settings of sessions and refresh tokens. */
export const sessionGroup = {
  title: 'Sessions',
  settings,
  toConfig: (values: SessionValues): SessionConfig => ({
    refreshDays: values.REFRESH_TOKEN_DAYS,
    graceSeconds: values.REFRESH_GRACE_SECONDS,
    transport: values.REFRESH_TRANSPORT,
    maxDays: values.SESSION_MAX_DAYS,
    idleMinutes: values.SESSION_IDLE_MINUTES,
    perUser: values.SESSIONS_PER_USER,
    roles: values.ROLES ?? [...new Set([...DEFAULT_ROLES, ...Object.keys(values.ROLE_SCOPES)])],
    roleScopes: values.ROLE_SCOPES,
  }),
  crossChecks: (values: Values) => [
    [
      values.SESSION_MAX_DAYS < values.REFRESH_TOKEN_DAYS,
      'SESSION_MAX_DAYS: must be at least REFRESH_TOKEN_DAYS',
    ],
    [
      values.SESSION_IDLE_MINUTES !== 0 && values.SESSION_IDLE_MINUTES <= values.ACCESS_TOKEN_MINUTES,
      'SESSION_IDLE_MINUTES: must be 0 or more than ACCESS_TOKEN_MINUTES, since clients refresh when the access token expires',
    ],
    [
      values.ROLES?.includes(FIRST_ROLE) === false,
      `ROLES: must contain ${FIRST_ROLE}, the role of a new account`,
    ],
    [
      // The check above reports FIRST_ROLE.
      Object.keys(values.ROLE_SCOPES).some(
        (role) => role !== FIRST_ROLE && values.ROLES?.includes(role) === false,
      ),
      'ROLE_SCOPES: every role must be one of ROLES',
    ],
  ],
} satisfies SettingGroup<Values, SessionConfig>

function parseRole(entry: string): [role: string, scopes: string[]] {
  const cut = entry.indexOf('=')
  const scopes = entry.slice(cut + 1).split(' ')
  return [entry.slice(0, cut), scopes.filter(Boolean)]
}
