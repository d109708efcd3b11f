import type { ERROR_CODES, ERROR_REASONS, FIELD_ERROR_CODES } from '../generated/error-codes.ts'

/** A code of the gateway: `extensions.code`. Servers of a later version can send others. */
export type ErrorCode = (typeof ERROR_CODES)[number]

/**
 * Codes of this package. `NETWORK`: no response of a gateway arrived, because of the network, a timeout, or
 * an intermediary. `SESSION_CHANGED`: another account has signed in since the call began, so it was not sent.
 */
export type ClientErrorCode = 'NETWORK' | 'SESSION_CHANGED'

/** A reason of the gateway, which refines the code. */
export type ErrorReason = (typeof ERROR_REASONS)[number]

/** A code of a problem with one argument or variable: `code` of the entries of `fieldErrors`. */
export type FieldErrorCode = (typeof FIELD_ERROR_CODES)[number]
