/**
 * Why a request was refused: the stable `extensions.code` of a GraphQL error.
 * The schema publishes the same list as the enum `ErrorCode`.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: { status: 401, message: 'Sign in to do this.' },
  FORBIDDEN: { status: 403, message: 'You may not do this.' },
  BAD_USER_INPUT: { status: 400, message: 'The input is not valid.' },
  RATE_LIMITED: { status: 429, message: 'Too many attempts. Try again later.' },
  NOT_FOUND: { status: 404, message: 'There is no such thing, or it is not yours to see.' },
  CONFLICT: { status: 409, message: 'This contradicts what is already there.' },
  OTP_INVALID: { status: 400, message: 'The code is not right.' },
  OTP_EXPIRED: { status: 400, message: 'The code has expired. Ask for a new one.' },
  OTP_NOT_FOUND: { status: 400, message: 'There is no such challenge. Ask for a new code.' },
  INVALID_CREDENTIALS: { status: 401, message: 'The e-mail address or the password is not right.' },
  MFA_INVALID: { status: 400, message: 'The code of the second factor is not right.' },
  REAUTHENTICATION_REQUIRED: { status: 401, message: 'Sign in again to do this.' },
  TOKEN_INVALID: { status: 401, message: 'The token is not valid. Sign in again.' },
  RESET_TOKEN_INVALID: { status: 400, message: 'The reset token is not valid. Ask for a new code.' },
  REFRESH_REUSED: { status: 401, message: 'This refresh token was used before. The session has been ended.' },
  SERVICE_UNAVAILABLE: { status: 503, message: 'The service cannot answer right now. Try again shortly.' },
  INTERNAL_SERVER_ERROR: { status: 500, message: 'Something went wrong on our side.' },
} as const

/** A stable refusal code. */
export type ErrorCode = keyof typeof ERROR_CODES

/** One problem with one input field. */
export interface FieldError {
  /** Where: the argument's path, e.g. `["input", "email"]`. */
  readonly path: readonly string[]
  /** What, for programs: `TOO_SHORT`, `INVALID_EMAIL` … */
  readonly code: string
  /** What, for developers, in English; never contains the value. */
  readonly message: string
}

/** Structured facts of a refusal; they become `extensions` beside the code. */
export interface ErrorFacts {
  /** UNAUTHENTICATED only: a client refreshes on TOKEN_EXPIRED and signs in again on the others. */
  readonly reason?: 'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID'
  /** Seconds until trying again can succeed; also sent as `Retry-After`. */
  readonly retryAfter?: number
  /** RATE_LIMITED only: how many times the window allows. */
  readonly limit?: number
  /** RATE_LIMITED only: what is left of them. */
  readonly remaining?: number
  /** RATE_LIMITED only: when the window ends, ISO 8601 in UTC. */
  readonly resetAt?: string
  /** Guesses left for this code on this path; MFA_INVALID: 0 where the challenge is over. */
  readonly attemptsLeft?: number
  /** BAD_USER_INPUT only. */
  readonly fieldErrors?: readonly FieldError[]
}

/** The one error class that services, ports and adapters throw on purpose. Everything else is a bug and is masked. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  /** `cause` is for the log only; it never leaves the process. */
  constructor(code: ErrorCode, facts: ErrorFacts = {}, cause?: unknown) {
    super(ERROR_CODES[code].message, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }
}

/** Whether an error is the refusal with this code. */
export function isRefusal(error: unknown, code: ErrorCode): error is AuthError {
  return error instanceof AuthError && error.code === code
}

/** A refusal for one or more input fields. */
export function badInput(...fieldErrors: FieldError[]): AuthError {
  return new AuthError('BAD_USER_INPUT', { fieldErrors })
}

/** A dependency that is down, hung or overloaded. Clients are told to come back in a second. */
export function unavailable(cause: unknown): AuthError {
  return new AuthError('SERVICE_UNAVAILABLE', { retryAfter: 1 }, cause)
}

/** Lets a dependency be away where nothing rests on the work; every other failure passes through. */
export async function tolerateOutage(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isRefusal(error, 'SERVICE_UNAVAILABLE')) throw error
  }
}

/** No place left in a window: what whoever asks is told. `resetsInMs`: milliseconds until the window ends, at `resetAt`. */
export function rateLimited(window: {
  readonly limit: number
  readonly resetsInMs: number
  readonly resetAt: Date
}): AuthError {
  const { limit, resetsInMs, resetAt } = window
  const retryAfter = Math.max(1, Math.ceil(resetsInMs / 1000))
  return new AuthError('RATE_LIMITED', { limit, remaining: 0, resetAt: resetAt.toISOString(), retryAfter })
}
