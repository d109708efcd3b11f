export { createAuthClient } from './auth-client/create-auth-client.ts'
export type {
  AuthClient,
  AuthClientOptions,
  AuthState,
  Authorization,
  WatchedSession,
  WatchSession,
} from './auth-client/auth-client-types.ts'
export { createSocketWatch, type SocketWatchOptions } from './auth-client/socket-watch.ts'
export { createMemoryStorage } from './auth-client/platform.ts'
export type {
  DeviceClock,
  RandomFraction,
  TabChannel,
  TabLock,
  TokenTextStorage,
} from './auth-client/platform.ts'
export { AUTH_CLIENT_OPERATIONS } from './auth-client/operations.ts'
export type * from './auth-client/operations.ts'
export type { SignedOutReason } from './auth-client/session-record.ts'
export { authError } from './errors/auth-error.ts'
export { AuthClientError, type AuthProblem, type FieldProblem } from './errors/problem.ts'
export { ERROR_CODES, ERROR_REASONS, FIELD_ERROR_CODES } from './generated/error-codes.ts'
export type { ClientErrorCode, ErrorCode, ErrorReason, FieldErrorCode } from './errors/codes.ts'
