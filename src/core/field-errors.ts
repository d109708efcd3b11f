/**
 * The values of `fieldErrors[].code`, with the description that the schema publishes in its enum
 * `FieldErrorCode`.
 */
export const FIELD_ERROR_CODES = {
  REQUIRED: 'A value is required.',
  INVALID_TYPE: 'The value has another type than the schema declares; the message names the expected type.',
  UNKNOWN_FIELD: 'The input type has no field of this name.',
  EXACTLY_ONE: 'Exactly one of several fields must be given.',
  OUT_OF_RANGE: 'The number is outside its range.',
  TOO_BIG: 'The text is too long, or the number too large.',
  INVALID_FORMAT: 'The text does not have the required form.',
  INVALID_LENGTH: 'The text is too short or too long.',
  INVALID_CHARACTERS: 'The text contains characters that are not allowed.',
  NO_WORDS: 'The text contains no letter or digit.',
  INVALID_CURSOR: 'The text is not a cursor of this list.',
  INVALID_EMAIL: 'The text is not an e-mail address.',
  INVALID_PHONE: 'The text is not a phone number with a country code.',
  PHONE_NOT_SUPPORTED: 'No text messages are sent to this phone number.',
  WRONG_CHANNEL: 'The purpose cannot be used with this kind of contact.',
  TOO_COMPLEX: 'The Markdown exceeds the bounds within which it is rendered.',
  COMMON_PASSWORD: 'Many people have this password, or it is a run or a repetition.',
  PERSONAL_PASSWORD: 'The password is made of the name or the address of the account or of the service.',
  NO_PASSWORD: 'The account has no password.',
} as const satisfies Readonly<Record<string, string>>

/** A stable code of one problem with one input field. */
export type FieldErrorCode = keyof typeof FIELD_ERROR_CODES

/** One problem with one input field. */
export interface FieldError {
  /** Path of the argument, e.g. `["input", "email"]`. */
  readonly path: readonly string[]
  readonly code: FieldErrorCode
  /** English message for developers. Never contains the value. */
  readonly message: string
}

/** Whether a text is a code of field errors. */
export function isFieldErrorCode(text: unknown): text is FieldErrorCode {
  return typeof text === 'string' && text in FIELD_ERROR_CODES
}
