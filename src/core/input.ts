import { z } from 'zod'
import { badInput } from './errors.ts'
import { type EmailAddress, parseEmail } from './email-address.ts'
import { parsePhone, type PhoneNumber } from './phone.ts'
import { MAX_PASSWORD_CODE_POINTS, countCodePoints } from './passwords.ts'

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
      code:
        issue.code === 'custom' && typeof issue.params?.['code'] === 'string'
          ? issue.params['code']
          : issue.code.toUpperCase(),
      message: issue.message,
    })),
  )
}

/** Well-formed Unicode without U+0000: every database stores and returns it unchanged. */
export const storableText = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'), {
  params: { code: 'INVALID_CHARACTERS' },
  message: 'must be well-formed text without the character U+0000',
})

/** Text of `min` to `max` code points. */
export function boundedText(min: number, max: number) {
  return storableText.refine((text) => withinCodePoints(text, min, max), {
    params: { code: 'INVALID_LENGTH' },
    message: `must have ${min} to ${max} characters`,
  })
}

/** A schema that parses a text; null becomes an issue with this code and message. */
function toSchema<Parsed>(parse: (text: string) => Parsed | null, code: string, message: string) {
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

/** A language for messages (BCP 47). */
export const languageTag = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a BCP 47 language tag')

/** A new password of `min` to 256 code points, used unchanged (NIST SP 800-63B-4 §3.1.1.2). */
export function newPassword(min: number) {
  return storableText.refine((text) => withinCodePoints(text, min, MAX_PASSWORD_CODE_POINTS), {
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
