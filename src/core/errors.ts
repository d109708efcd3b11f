import type { ErrorReason } from './error-reasons.ts'
import type { FieldError } from './field-errors.ts'

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
  CONFLICT: {
    status: 409,
    description:
      'The request conflicts with the current state. A change of an outdated version has it in `extensions.current`.',
  },
  QUOTA_EXCEEDED: {
    status: 403,
    description:
      'The account has as much as it may: `extensions.reason` says what, and `extensions.limit` how much.',
  },
  LAST_CONTACT: {
    status: 409,
    description: 'The contact is the only verified one of the account, which could not sign in without it.',
  },
  OTP_INVALID: { status: 400, description: 'The one-time code is incorrect.' },
  OTP_EXPIRED: { status: 400, description: 'The one-time code has expired. Request a new code.' },
  OTP_NOT_FOUND: {
    status: 400,
    description:
      'The challenge does not exist or is no longer active; `extensions.reason` says why. Request a new code.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    description: 'The e-mail address or the password is incorrect, or an API key is not valid.',
  },
  MFA_INVALID: { status: 400, description: 'The code of the second factor is incorrect.' },
  REAUTHENTICATION_REQUIRED: {
    status: 401,
    description: 'The last sign-in is too old for this field. Sign in again.',
  },
  PROOF_REQUIRED: {
    status: 401,
    description:
      'The undo link is not enough: send the password from before the change, or use a device that was known before it.',
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

/** Whether a value is a code of this schema. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in ERROR_CODES
}

/** Structured facts of an error. They become `extensions` beside the code. */
export interface ErrorFacts {
  readonly reason?: ErrorReason
  /** FORBIDDEN with INSUFFICIENT_SCOPE only: the scope that the field requires. */
  readonly scope?: string
  /** Seconds until a retry can succeed; also sent as `Retry-After`. */
  readonly retryAfter?: number
  /** RATE_LIMITED: requests per window. QUOTA_EXCEEDED: posts, bytes or API keys of the account. */
  readonly limit?: number
  /** RATE_LIMITED only: requests left in the window. */
  readonly remaining?: number
  /** RATE_LIMITED only: end of the window, ISO 8601 in UTC. */
  readonly resetAt?: string
  /**
   * Attempts left for this code. MFA_INVALID: 0 when the challenge has ended. PROOF_REQUIRED: passwords left,
   * only after a wrong one.
   */
  readonly attemptsLeft?: number
  /** BAD_USER_INPUT only. */
  readonly fieldErrors?: readonly FieldError[]
  /** CONFLICT of an outdated version only: fields of the object as it is now, as GraphQL returns them. */
  readonly current?: Readonly<Record<string, string | boolean>>
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
  readonly reason?: ErrorReason
}): AuthError {
  const { limit, resetsInMs, resetAt, reason } = window
  const retryAfter = Math.max(1, Math.ceil(resetsInMs / 1000))
  const facts = { limit, remaining: 0, resetAt: resetAt.toISOString(), retryAfter }
  return new AuthError('RATE_LIMITED', reason ? { ...facts, reason } : facts)
}
