import { REGISTRATION_PROOF_SECONDS } from '../../core/registration-proofs.ts'
import { createHostCookie } from './host-cookie.ts'

const COOKIE = createHostCookie('gateway-registration')

/** Reads the registration token of a request, which is not verified yet; null if there is none. */
export const readRegistrationToken = COOKIE.read

/** Writes the `Set-Cookie` by which a browser proves that it has registered an account. */
export function writeRegistrationCookie(token: string): string {
  return COOKIE.write(token, REGISTRATION_PROOF_SECONDS)
}
