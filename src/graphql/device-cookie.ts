import { parseCookie, stringifySetCookie } from 'cookie'
import { DEVICE_TOKEN_SECONDS } from '../core/device-tokens.ts'

/** The prefix makes browsers refuse it from any other host, without `Secure`, or with a `Domain` (RFC 6265bis §4.1.3.2). */
const NAME = '__Host-gateway-device'

/** The device token that a request brings, unproven; null when it brings none. */
export function deviceTokenIn(cookieHeader: string | undefined): string | null {
  return cookieHeader?.includes(NAME) ? parseCookie(cookieHeader)[NAME] || null : null
}

/** The `Set-Cookie` that has a client bring the token with every later request; programs without a cookie jar may keep it themselves. */
export function deviceCookie(token: string): string {
  return stringifySetCookie(NAME, token, {
    maxAge: DEVICE_TOKEN_SECONDS,
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'strict',
  })
}
