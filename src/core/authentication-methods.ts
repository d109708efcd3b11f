/** Something the person knows. */
const KNOWN = new Set(['pwd'])
/** Something the person has: an authenticator app, or the list that stands in for it (NIST SP 800-63B-4 §3.1.2, look-up secrets). */
const HELD = new Set(['totp', 'recovery'])
/** Words of a session that have another name in RFC 8176 §2. Codes by e-mail and of an app are both `otp` there. */
const NAMES: Readonly<Record<string, string>> = { pwd: 'pwd', otp: 'otp', sms: 'sms', totp: 'otp' }

/**
 * `amr` of a session's methods (RFC 8176): each once, and `mfa` where one is known and one is held. A code by e-mail or SMS
 * makes no second factor, however often: it shows who reads a mailbox or a phone, so `otp` beside it stays one factor.
 */
export function toAmr(methods: readonly string[]): string[] {
  const names = methods.flatMap((method) => NAMES[method] ?? [])
  const isMultiple = methods.some((method) => KNOWN.has(method)) && methods.some((method) => HELD.has(method))
  return [...new Set([...names, ...(isMultiple ? ['mfa'] : [])])]
}
