import { DEVICE_TOKEN_SECONDS } from '../../core/device-tokens.ts'
import { hostCookie } from './host-cookie.ts'

const COOKIE = hostCookie('gateway-device')

/** The device token that a request brings, unproven; null when it brings none. */
export const deviceTokenIn = COOKIE.read

/** The `Set-Cookie` that has a client bring the token with every later request; programs without a cookie jar may keep it themselves. */
export function deviceCookie(token: string): string {
  return COOKIE.write(token, DEVICE_TOKEN_SECONDS)
}
