import { z } from 'zod'
import { badInput } from './errors.ts'
import { isFieldErrorCode, type FieldErrorCode } from './field-errors.ts'
import { type EmailAddress, parseEmail } from './email-address.ts'
import { parsePhone, type PhoneNumber } from './phone.ts'
import { MAX_PASSWORD_CODE_POINTS, countCodePoints, normalizePassword } from './passwords.ts'

/**
 * The input in its parsed form. Throws `BAD_USER_INPUT` with one `fieldErrors` entry for each problem;
 * the entries name the field and the rule, never the value.
 */
export function parseInput<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw badInput(
    ...parsed.error.issues.map((issue) => ({
      path: ['input', ...issue.path.map(String)],
      code: toFieldErrorCode(issue.code === 'custom' ? issue.params?.['code'] : issue.code.toUpperCase()),
      message: issue.message,
    })),
  )
}

/** The codes of zod that have no counterpart are all about the type of a value. */
function toFieldErrorCode(code: unknown): FieldErrorCode {
  return isFieldErrorCode(code) ? code : 'INVALID_TYPE'
}

/** Well-formed Unicode without U+0000: every database stores and returns it unchanged. */
export const storableText = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'), {
  params: { code: 'INVALID_CHARACTERS' },
  message: 'must be well-formed text without the character U+0000',
})

/** Longest id, in characters. */
export const MAX_ID_LENGTH = 64

/** Whether a text can be the id of a row: a database may not accept any other as a parameter. */
export function isStorableId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && storableText.safeParse(text).success
}

/** Text of `min` to `max` code points. */
export function boundedText(min: number, max: number) {
  return storableText.refine((text) => withinCodePoints(text, min, max), {
    params: { code: 'INVALID_LENGTH' },
    message: `must have ${min} to ${max} characters`,
  })
}

/**
 * Control characters, line and paragraph separators, and the marks that change the direction of the text
 * around them (UAX #9 §2.1 to 2.4), which could make a name look like other text of a page or a message.
 */
const LAYOUT_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** A name or a title: 1 to `max` code points on one line, of which one at least is visible. */
export function singleLineText(max: number) {
  return boundedText(1, max)
    .refine((text) => !LAYOUT_CHARACTERS.test(text), {
      params: { code: 'INVALID_CHARACTERS' },
      message: 'must be one line without control characters and marks of text direction',
    })
    .refine((text) => /[^\s\p{Cf}]/u.test(text), {
      params: { code: 'INVALID_LENGTH' },
      message: 'must have a visible character',
    })
}

/** A schema that parses a text; null becomes an issue with this code and message. */
function toSchema<Parsed>(parse: (text: string) => Parsed | null, code: FieldErrorCode, message: string) {
  return z.string().transform((text, context) => {
    const parsed = parse(text)
    if (parsed !== null) return parsed
    context.addIssue({ code: 'custom', params: { code }, message })
    return z.NEVER
  })
}

/** An e-mail address in canonical form. */
export const emailAddress: z.ZodType<EmailAddress, string> = toSchema(
  parseEmail,
  'INVALID_EMAIL',
  'must be an e-mail address',
)

/** A phone number in E.164 form. */
export const phoneNumber: z.ZodType<PhoneNumber, string> = toSchema(
  parsePhone,
  'INVALID_PHONE',
  'must be a phone number with its country code, such as +44 7400 123456',
)

/** A language for messages: a BCP 47 tag. Mobile systems report it with underscores: `ko_KR`. */
export const languageTag = z
  .string()
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$/, 'must be a BCP 47 language tag, such as ko-KR')
  .transform((tag) => tag.replaceAll('_', '-'))

/** A new password of `min` to 256 code points in the form that is hashed (see `normalizePassword`). */
export function newPassword(min: number) {
  return storableText
    .transform(normalizePassword)
    .refine((text) => withinCodePoints(text, min, MAX_PASSWORD_CODE_POINTS), {
      params: { code: 'INVALID_LENGTH' },
      message: `must have ${min} to ${MAX_PASSWORD_CODE_POINTS} characters`,
    })
}

/** A password to verify: any text that could have been set. */
export const presentedPassword = z.string().max(MAX_PASSWORD_CODE_POINTS * 2, 'too long')

function withinCodePoints(text: string, min: number, max: number): boolean {
  // A code point takes at most two UTF-16 units, so huge texts are rejected without counting.
  if (text.length > max * 2) return false
  const count = countCodePoints(text)
  return count >= min && count <= max
}
