import type { ClientErrorCode, ErrorCode, ErrorReason, FieldErrorCode } from './codes.ts'

/** One problem with one argument or variable. */
export interface FieldProblem {
  readonly code: FieldErrorCode
  /** English text for developers, without the value. */
  readonly message: string
  /** Path of the argument or variable, such as `["input", "email"]`. */
  readonly path: readonly string[]
}

/** What went wrong, the same for every client library. */
export interface AuthProblem {
  readonly code: ErrorCode | ClientErrorCode
  /** What the code does not say alone; null if it says all. */
  readonly reason: ErrorReason | null
  /** Text for users, in the language negotiated with the gateway. */
  readonly message: string
  /** Attempts left for a code or a password; null if unknown. */
  readonly attemptsLeft: number | null
  /** Seconds until a retry can succeed; null if unknown. */
  readonly retryAfter: number | null
  /** Problems of the input; empty for other codes than `BAD_USER_INPUT`. */
  readonly fieldErrors: readonly FieldProblem[]
  /** Whether the same request can succeed later without a change. */
  readonly isRetryable: boolean
  /** Status of the HTTP response; null if unknown. */
  readonly status: number | null
  /** Everything else that the gateway says: `limit`, `remaining`, `resetAt`, `current`, `errorId`. */
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The parts of a GraphQL error that a problem is read from. */
export interface GraphqlErrorParts {
  readonly message?: string
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

const RETRYABLE: readonly string[] = ['NETWORK', 'RATE_LIMITED', 'REQUEST_TIMEOUT', 'SERVICE_UNAVAILABLE']

/** What a problem says if the gateway says nothing. */
const NOTHING = { reason: null, attemptsLeft: null, retryAfter: null, fieldErrors: [] } as const

/** Error that this package throws. */
export class AuthClientError extends Error implements AuthProblem {
  override readonly name = 'AuthClientError'
  declare readonly code: AuthProblem['code']
  declare readonly reason: AuthProblem['reason']
  declare readonly attemptsLeft: number | null
  declare readonly retryAfter: number | null
  declare readonly fieldErrors: AuthProblem['fieldErrors']
  declare readonly isRetryable: boolean
  declare readonly status: number | null
  declare readonly extensions: AuthProblem['extensions']

  constructor({ message, ...problem }: AuthProblem, cause?: unknown) {
    super(message, { cause })
    Object.assign(this, problem)
  }
}

/** Reads the problem of a GraphQL error. Its code is that of `extensions`, or `NETWORK` without one. */
export function toProblem(
  { message = '', extensions = {} }: GraphqlErrorParts,
  status: number | null = null,
): AuthProblem {
  const { code = 'NETWORK' } = extensions
  const isRetryable = RETRYABLE.includes(code as string)
  return { ...NOTHING, ...extensions, code, isRetryable, message, status, extensions } as AuthProblem
}

/** Builds an error of this package itself. */
export function createClientError(code: ClientErrorCode, message: string, cause?: unknown): AuthClientError {
  return new AuthClientError(toProblem({ message, extensions: { code } }), cause)
}
