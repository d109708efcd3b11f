/**
 * The stable values of `extensions.code` in GraphQL errors, with the HTTP status of each and the description
 * that the schema publishes in its enum `ErrorCode`. The text of each, in every language, is in
 * `src/locales/<language>/responses.ts`.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: {
    status: 401,
    description: 'The request carries no valid access token; `extensions.reason` says why.',
  },
  FORBIDDEN: { status: 403, description: 'The caller lacks the permission for this operation.' },
  BAD_USER_INPUT: { status: 400, description: 'The input is invalid; see `extensions.fieldErrors`.' },
  RATE_LIMITED: {
    status: 429,
    description: 'A rate limit was exceeded. Retry after `extensions.retryAfter` seconds.',
  },
  NOT_FOUND: { status: 404, description: 'The object does not exist, or the account has no access to it.' },
  CONFLICT: { status: 409, description: 'The request conflicts with the current state.' },
  OTP_INVALID: { status: 400, description: 'The one-time code is incorrect.' },
  OTP_EXPIRED: { status: 400, description: 'The one-time code has expired. Request a new code.' },
  OTP_NOT_FOUND: {
    status: 400,
    description: 'The challenge does not exist or is no longer active. Request a new code.',
  },
  INVALID_CREDENTIALS: { status: 401, description: 'The e-mail address or the password is incorrect.' },
  MFA_INVALID: { status: 400, description: 'The code of the second factor is incorrect.' },
  REAUTHENTICATION_REQUIRED: {
    status: 401,
    description: 'The last sign-in is too old for this field. Sign in again.',
  },
  TOKEN_INVALID: { status: 401, description: 'The token is invalid, was already used, or has expired.' },
  RESET_TOKEN_INVALID: {
    status: 400,
    description: 'The password reset token is invalid, was already used, or has expired. Request a new code.',
  },
  REFRESH_REUSED: {
    status: 401,
    description: 'The refresh token was already used. Its session has been revoked.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    description: 'The service cannot process the request now. Retry after `extensions.retryAfter` seconds.',
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    description: 'An unexpected error; the log has its details under `extensions.errorId`.',
  },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly description: string }>>

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CODES

/** One problem with one input field. */
export interface FieldError {
  /** Path of the argument, e.g. `["input", "email"]`. */
  readonly path: readonly string[]
  /** Stable code for programs: `TOO_SHORT`, `INVALID_EMAIL` … */
  readonly code: string
  /** English message for developers. Never contains the value. */
  readonly message: string
}

/** Structured facts of an error. They become `extensions` beside the code. */
export interface ErrorFacts {
  /** UNAUTHENTICATED only: a client refreshes on TOKEN_EXPIRED and signs in again on the others. */
  readonly reason?: 'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID'
  /** Seconds until a retry can succeed; also sent as `Retry-After`. */
  readonly retryAfter?: number
  /** RATE_LIMITED only: requests per window. */
  readonly limit?: number
  /** RATE_LIMITED only: requests left in the window. */
  readonly remaining?: number
  /** RATE_LIMITED only: end of the window, ISO 8601 in UTC. */
  readonly resetAt?: string
  /** Attempts left for this code. MFA_INVALID: 0 when the challenge has ended. */
  readonly attemptsLeft?: number
  /** BAD_USER_INPUT only. */
  readonly fieldErrors?: readonly FieldError[]
}

/**
 * The only error class that services, ports and adapters throw on purpose. Any other error is a bug and is
 * masked.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  /** `cause` is for the log only; it never leaves the process. */
  constructor(code: ErrorCode, facts: ErrorFacts = {}, cause?: unknown) {
    super(ERROR_CODES[code].description, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }
}

/** Whether an error is an `AuthError` with this code. */
export function isRefusal(error: unknown, code: ErrorCode): error is AuthError {
  return error instanceof AuthError && error.code === code
}

/** An error for one or more input fields. */
export function badInput(...fieldErrors: FieldError[]): AuthError {
  return new AuthError('BAD_USER_INPUT', { fieldErrors })
}

/** An error for a dependency that is down, hung or overloaded. Clients may retry after one second. */
export function unavailable(cause: unknown): AuthError {
  return new AuthError('SERVICE_UNAVAILABLE', { retryAfter: 1 }, cause)
}

/** Ignores the outage of a dependency when the work is optional. Rethrows every other error. */
export async function tolerateOutage(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isRefusal(error, 'SERVICE_UNAVAILABLE')) throw error
  }
}

/** An error for an exhausted limit. `resetsInMs`: milliseconds until the window ends, at `resetAt`. */
export function rateLimited(window: {
  readonly limit: number
  readonly resetsInMs: number
  readonly resetAt: Date
}): AuthError {
  const { limit, resetsInMs, resetAt } = window
  const retryAfter = Math.max(1, Math.ceil(resetsInMs / 1000))
  return new AuthError('RATE_LIMITED', { limit, remaining: 0, resetAt: resetAt.toISOString(), retryAfter })
}
