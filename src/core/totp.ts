import { HOTP, Secret, TOTP } from 'otpauth'
import { equalInConstantTime, type Random } from './secrets.ts'

/** The one kind of TOTP that every authenticator app knows (RFC 6238 §4, Key Uri Format): SHA-1, six digits, steps of 30 s. */
const USUAL: TotpForm = { algorithm: 'SHA1', digits: 6 }
/** Length of a time step, X of RFC 6238 §4.1. */
const STEP_SECONDS = 30
/** Octets of a secret: 160 bits, as RFC 4226 §4 R6 recommends. */
const SECRET_LENGTH = 20

/** How codes are made; the RFC's test vectors need others than the usual one. */
export interface TotpForm {
  readonly algorithm: 'SHA1' | 'SHA256' | 'SHA512'
  readonly digits: number
}

/** A new shared secret in base32 (RFC 4648 §6), 160 bits. */
export function newTotpSecret(random: Random): string {
  return new Secret({ buffer: Uint8Array.from(random.bytes(SECRET_LENGTH)).buffer }).base32
}

/**
 * The time step whose code this is: the present one, or the one before it, for the way from the app to here (RFC 6238 §5.2
 * advises at most one). None ahead: an app whose clock is fast waits for ours. Null for any other code. Compared in constant
 * time, and both steps always. `at`: milliseconds since the Unix epoch.
 */
export function acceptedStep(secret: string, code: string, at: number, form = USUAL): number | null {
  const present = TOTP.counter({ period: STEP_SECONDS, timestamp: at })
  const shared = Secret.fromBase32(secret)
  const [now, before] = [present, present - 1].map((counter) =>
    equalInConstantTime(HOTP.generate({ ...form, secret: shared, counter }), code),
  )
  if (now) return present
  return before ? present - 1 : null
}

/** What an app reads from a QR code: an `otpauth://` URI. `account`: how the app tells this entry from others of the same issuer. */
export function totpUri(secret: string, { issuer, account }: { issuer: string; account: string }): string {
  return new TOTP({ ...USUAL, period: STEP_SECONDS, issuer, label: account, secret }).toString()
}
