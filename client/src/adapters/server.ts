import type { AuthClient, AuthClientOptions } from '../auth-client/auth-client-types.ts'
import { createAuthClient } from '../auth-client/create-auth-client.ts'
import { deviceClock, type DeviceClock, type TokenTextStorage } from '../auth-client/platform.ts'

/** The request of a page that a server renders. */
export interface PageRequest extends Pick<AuthClientOptions, 'timeoutMs' | 'fetch' | 'clock'> {
  /** URL of the gateway, which browsers reach through the host of the page: its cookies come here then. */
  readonly url: string
  /** The `Cookie` header of the request. */
  readonly cookie: string | null | undefined
  /** Origin of the page, which the gateway lists in `CORS_ORIGINS` or has as `PUBLIC_URL`. */
  readonly origin: string
  /** Gets each `Set-Cookie` header that the response needs. Call it before the headers are sent. */
  readonly onSetCookie: (header: string) => void
  /** Headers for the gateway, such as `X-Forwarded-For` and `Accept-Language` of the request. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Cookie of the gateway with the refresh token. */
const REFRESH_COOKIE = '__Host-gateway-refresh'
/** Cookie of the rendering server with the access token, which scripts cannot read. */
const ACCESS_COOKIE = '__Host-gateway-access'
/** The record of a browser without a refresh token: nothing to ask the gateway for. */
const SIGNED_OUT = JSON.stringify({ version: 1, reason: null })
/** Longest timer of a request, in milliseconds. A refresh ahead of expiry would outlive it. */
const LONGEST_TIMER_MS = 60_000

/**
 * Creates the session of one request of a browser, for server-side rendering with `REFRESH_TRANSPORT=cookie`.
 * Nothing is shared between requests. The cookies of the request go to the gateway; those of the gateway go
 * to the browser. The access token is in a cookie of its own, so that a refresh happens once in its lifetime
 * and not for each page: a browser that cancels a page loses the refresh token that the page had for it.
 */
export function createRequestAuthClient(request: PageRequest): AuthClient {
  const { url, timeoutMs, clock = deviceClock } = request
  const cookies = parseCookies(request.cookie ?? '')
  return createAuthClient({
    url,
    transport: 'cookie',
    storage: createCookieStorage(cookies, request.onSetCookie),
    storesAccessToken: true,
    channel: null,
    lock: (work) => work(),
    clock: createRequestClock(clock),
    fetch: createForwardingFetch(cookies, request),
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
}

function createForwardingFetch(
  cookies: Map<string, string>,
  { fetch = globalThis.fetch, headers: own = {}, origin, onSetCookie }: PageRequest,
): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    for (const [name, value] of Object.entries(own)) headers.set(name, value)
    headers.set('origin', origin)
    const isWithCookies = init?.credentials !== 'omit'
    if (isWithCookies) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '))
    const response = await fetch(input, { ...init, headers })
    if (!isWithCookies) return response
    for (const header of response.headers.getSetCookie()) {
      for (const [name, value] of parseCookies(header.split(';')[0] ?? '')) cookies.set(name, value)
      onSetCookie(header)
    }
    return response
  }
}

/** Stores the record in a cookie. It is valid for the refresh token that the browser had with it only. */
function createCookieStorage(
  cookies: Map<string, string>,
  onSetCookie: (header: string) => void,
): TokenTextStorage {
  const hashToken = () => hash(cookies.get(REFRESH_COOKIE) ?? '')
  const set = (value: string, rest = '') =>
    onSetCookie(`${ACCESS_COOKIE}=${value}; Path=/; HttpOnly; Secure; SameSite=Strict${rest}`)
  return {
    async getItem() {
      if (!cookies.get(REFRESH_COOKIE)) return SIGNED_OUT
      const [tokenHash, record = ''] = (cookies.get(ACCESS_COOKIE) ?? '').split('.')
      return tokenHash === (await hashToken()) ? decodeURIComponent(record) : null
    },
    async setItem(_key, record) {
      const value = `${await hashToken()}.${encodeURIComponent(record).replaceAll('.', '%2E')}`
      cookies.set(ACCESS_COOKIE, value)
      set(value)
    },
    removeItem: () => set('', '; Max-Age=0'),
  }
}

function createRequestClock(clock: DeviceClock): DeviceClock {
  return {
    now: () => clock.now(),
    startTimer: (ms, run) => (ms > LONGEST_TIMER_MS ? () => undefined : clock.startTimer(ms, run)),
  }
}

function parseCookies(header: string): Map<string, string> {
  const pairs = header.split(';').map((pair) => pair.trim().split('='))
  return new Map(
    pairs.map(([name = '', ...value]) => [name, value.join('=')] as const).filter(([name]) => name),
  )
}

/** SHA-256 in hexadecimal. */
async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
