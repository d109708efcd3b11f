import { HOTP, Secret, TOTP } from 'otpauth'
import { equalInConstantTime, type Random } from './secrets.ts'

/**
 * The parameters that every authenticator app supports (RFC 6238 §4, Key Uri Format): SHA-1, six digits, 30 s
 * steps.
 */
const DEFAULT_PARAMETERS: TotpParameters = { algorithm: 'SHA1', digits: 6 }
/** Length of a time step, X of RFC 6238 §4.1. */
const STEP_SECONDS = 30
/** Length of a secret: 160 bits, as RFC 4226 §4 R6 recommends. */
const SECRET_BYTES = 20

/** Parameters of TOTP; only the RFC's test vectors use others than the default. */
export interface TotpParameters {
  readonly algorithm: 'SHA1' | 'SHA256' | 'SHA512'
  readonly digits: number
}

/** A new shared secret in base32 (RFC 4648 §6), 160 bits. */
export function newTotpSecret(random: Random): string {
  return new Secret({ buffer: Uint8Array.from(random.bytes(SECRET_BYTES)).buffer }).base32
}

/**
 * The time step of a valid code: the current one, or the previous one to allow for transmission delay (RFC
 * 6238 §5.2 recommends at most one). Future steps are not accepted. Null for any other code. Both steps are
 * always compared, in constant time. `at`: milliseconds since the Unix epoch.
 */
export function findAcceptedStep(
  secret: string,
  code: string,
  at: number,
  parameters = DEFAULT_PARAMETERS,
): number | null {
  const current = TOTP.counter({ period: STEP_SECONDS, timestamp: at })
  const shared = Secret.fromBase32(secret)
  const [isCurrent, isPrevious] = [current, current - 1].map((counter) =>
    equalInConstantTime(HOTP.generate({ ...parameters, secret: shared, counter }), code),
  )
  if (isCurrent) return current
  return isPrevious ? current - 1 : null
}

/** The `otpauth://` URI for a QR code. `account`: the label of this entry in the app. */
export function buildTotpUri(
  secret: string,
  { issuer, account }: { issuer: string; account: string },
): string {
  return new TOTP({ ...DEFAULT_PARAMETERS, period: STEP_SECONDS, issuer, label: account, secret }).toString()
}
