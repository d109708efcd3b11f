/** Knowledge factors. */
const KNOWLEDGE: ReadonlySet<string> = new Set(['pwd'])
/**
 * Possession factors: an authenticator app or its recovery codes (look-up secrets, NIST SP 800-63B-4 §3.1.2).
 */
const POSSESSION: ReadonlySet<string> = new Set(['totp', 'recovery'])
/**
 * Methods of a session and their names in RFC 8176 §2, where codes by e-mail and from an app are both `otp`.
 */
const NAMES: Readonly<Record<string, string>> = { pwd: 'pwd', otp: 'otp', sms: 'sms', totp: 'otp' }

/**
 * Whether a sign-in used a password or a second factor. Without one it proves access to a mailbox or a phone
 * only.
 */
export function isBeyondContact(methods: readonly string[]): boolean {
  return methods.some((method) => KNOWLEDGE.has(method) || POSSESSION.has(method))
}

/**
 * `amr` of a session's methods (RFC 8176), without duplicates, plus `mfa` when a knowledge and a possession
 * factor were used. A code by e-mail or SMS never counts as a second factor: it proves access to a mailbox or
 * a phone only.
 */
export function toAmr(methods: readonly string[]): string[] {
  const names = methods.flatMap((method) => NAMES[method] ?? [])
  const isMultiple =
    methods.some((method) => KNOWLEDGE.has(method)) && methods.some((method) => POSSESSION.has(method))
  return [...new Set([...names, ...(isMultiple ? ['mfa'] : [])])]
}
