import { z } from 'zod'
import { badInput } from '../../core/errors.ts'
import { parseInput, singleLineText } from '../../core/input.ts'

/** A scope of RFC 6749 §3.3. */
const scope = z
  .string()
  .regex(/^[\x21\x23-\x2B\x2D-\x5B\x5D-\x7E]{1,100}$/, 'must be a scope, such as posts:read')
const MAX_SCOPES = 50
/** At least one scope, each once. */
const scopeList = z
  .array(scope)
  .min(1, 'must have a scope')
  .max(MAX_SCOPES, `must have at most ${MAX_SCOPES} scopes`)
  .transform((scopes) => [...new Set(scopes)])
/** Ids and secrets of any form are compared, so that all wrong ones have one response. */
const credential = z.string().max(200, 'too long')
/** The last time that both databases store. */
const LAST_YEAR = 9999

const createInput = z.object({
  name: singleLineText(100),
  scopes: scopeList,
  expiresAt: z
    .date()
    .nullish()
    .transform((time) => time ?? null),
})

const issueInput = z.object({
  apiKey: credential,
  apiSecret: credential,
  scopes: scopeList.nullish().transform((scopes) => scopes ?? null),
})

/**
 * A new key. Throws `BAD_USER_INPUT`, also for a scope that is not one of `grantable`, and for a time that
 * has passed at `now`.
 */
export function parseNewKey(
  input: unknown,
  grantable: readonly string[],
  now: number,
): z.output<typeof createInput> {
  const parsed = parseInput(createInput, input)
  requireScopes(parsed.scopes, grantable)
  const { expiresAt } = parsed
  if (expiresAt && !(expiresAt.getTime() > now && expiresAt.getUTCFullYear() <= LAST_YEAR))
    throw badInput({
      path: ['input', 'expiresAt'],
      code: 'OUT_OF_RANGE',
      message: 'must be a future time, in the year 9999 at the latest',
    })
  return parsed
}

/** The credentials of a program, and the scopes that it asks for; null: all. Throws `BAD_USER_INPUT`. */
export function parseCredentials(input: unknown): z.output<typeof issueInput> {
  return parseInput(issueInput, input)
}

/** Throws `BAD_USER_INPUT` unless each scope is one of `granted`, which the message names. */
export function requireScopes(scopes: readonly string[], granted: readonly string[]): void {
  if (scopes.every((one) => granted.includes(one))) return
  const message = `must contain only scopes of: ${granted.join(', ')}`
  throw badInput({ path: ['input', 'scopes'], code: 'OUT_OF_RANGE', message })
}
