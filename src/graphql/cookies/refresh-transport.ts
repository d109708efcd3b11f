import { AuthError } from '../../core/errors.ts'
import { writeDeviceCookie } from './device-cookie.ts'
import { createHostCookie } from './host-cookie.ts'
import { writeRegistrationCookie } from './registration-cookie.ts'

/** How refresh tokens, device tokens and proofs of registrations travel between a client and this server. */
export interface RefreshTransport {
  /**
   * Returns the refresh token of the request; null if there is none. Throws `FORBIDDEN` for the cookie of an
   * untrusted page.
   */
  take(argument: string | null): string | null
  /**
   * Sends a refresh token, and returns the value for the payload: the token, or null if it is in a cookie.
   */
  give(token: string, maxAgeSeconds: number): string | null
  /** Makes the client forget its refresh token, as far as a server can. */
  forget(): void
  /** Stores the device token on the client, always in a cookie. */
  nameDevice(token: string): void
  /** Stores the token that proves a registration on the client, always in a cookie. */
  proveRegistration(token: string): void
}

/** Refresh tokens are in the argument and the payload, and the client stores them. */
export function createBodyTransport(setCookie: CookieExchange['set']): RefreshTransport {
  return {
    take: (argument) => argument,
    give: (token) => token,
    forget: () => undefined,
    nameDevice: (token) => setCookie(writeDeviceCookie(token)),
    proveRegistration: (token) => setCookie(writeRegistrationCookie(token)),
  }
}

const COOKIE = createHostCookie('gateway-refresh')

/** The cookies of a request and its response. */
export interface CookieExchange {
  /** The `Cookie` header. */
  readonly header: string | undefined
  /** Whether the request comes from a page with a trusted origin. */
  readonly fromTrustedPage: boolean
  /** Adds a `Set-Cookie` header to the response. */
  readonly set: (value: string) => void
}

/**
 * Refresh tokens are in a cookie that scripts cannot read. The page of another site can make a browser send
 * it, so it is accepted only with a trusted `Origin` (OWASP CSRF Prevention, "Verifying Origin"), in addition
 * to the preflight that every GraphQL request requires. The argument is ignored: a gateway uses one
 * transport.
 */
export function createCookieTransport({ header, fromTrustedPage, set }: CookieExchange): RefreshTransport {
  return {
    take() {
      const token = COOKIE.read(header)
      if (token !== null && !fromTrustedPage) throw new AuthError('FORBIDDEN')
      return token
    },
    give(token, maxAgeSeconds) {
      set(COOKIE.write(token, maxAgeSeconds))
      return null
    },
    forget: () => set(COOKIE.write('', 0)),
    nameDevice: (token) => set(writeDeviceCookie(token)),
    proveRegistration: (token) => set(writeRegistrationCookie(token)),
  }
}
