import { AuthError } from '../../core/errors.ts'
import { deviceCookie } from './device-cookie.ts'
import { hostCookie } from './host-cookie.ts'

/** How the tokens that a client keeps travel between it and this server. */
export interface RefreshTransport {
  /** The token that the request brings; null when it brings none. Throws `FORBIDDEN` for the cookie of an untrusted page. */
  take(argument: string | null): string | null
  /** Hands a token over; what the payload says of it: the token, or null where it rides in its cookie. */
  give(token: string, maxAgeSeconds: number): string | null
  /** Makes the client forget its refresh token, as far as the server can. */
  forget(): void
  /** Has the client say in its next requests which device it is: always in a cookie. */
  nameDevice(token: string): void
}

/** In the argument and the payload: the client keeps it. `setCookie`: adds one `Set-Cookie` header to the answer. */
export function bodyTransport(setCookie: CookieExchange['set']): RefreshTransport {
  return {
    take: (argument) => argument,
    give: (token) => token,
    forget: () => undefined,
    nameDevice: (token) => setCookie(deviceCookie(token)),
  }
}

const COOKIE = hostCookie('gateway-refresh')

/** What a cookie needs of a request and its answer. */
export interface CookieExchange {
  /** The `Cookie` header. */
  readonly header: string | undefined
  /** Whether the page that sends the request is one of ours. */
  readonly fromTrustedPage: boolean
  /** Adds one `Set-Cookie` header to the answer. */
  readonly set: (value: string) => void
}

/**
 * In a cookie that scripts cannot read. Another site's page can make a browser send it, so it counts only with the `Origin`
 * of a page of ours (OWASP CSRF Prevention, "Verifying Origin"), beside the preflight that every GraphQL request needs here.
 * The argument is not looked at: one transport at a time.
 */
export function cookieTransport({ header, fromTrustedPage, set }: CookieExchange): RefreshTransport {
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
    nameDevice: (token) => set(deviceCookie(token)),
  }
}
