import type { AuthClient } from '../auth-client/auth-client-types.ts'

/** Options of `createAuthFetch`. */
export interface AuthFetchOptions {
  /** Origins that get the token beside that of the gateway, such as `https://api.example.com`. */
  readonly origins?: readonly string[]
  /** Sends the requests. Default: `globalThis.fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Creates a `fetch` that adds the access token, refreshes it, and repeats a request once that was rejected
 * because of it. Requests to other origins, and those with an `Authorization` header of their own, pass as
 * they are. Rejects with `AuthClientError` if the token has expired and cannot be refreshed now.
 *
 * A rejected request was not executed, so its repetition is safe. It is repeated for the same account only.
 */
export function createAuthFetch(auth: AuthClient, options: AuthFetchOptions = {}): typeof globalThis.fetch {
  const { origins = [], fetch = (...args) => globalThis.fetch(...args) } = options
  const base = (globalThis as { location?: { href: string } }).location?.href
  const toOrigin = (url: string) => new URL(url, base).origin
  const isTrusted = (url: string) => [toOrigin(auth.url), ...origins].includes(toOrigin(url))

  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    if (!isTrusted(url) || headers.has('authorization')) return fetch(input, init)
    const authorization = await auth.authorize()
    if (!authorization) return fetch(input, init)

    const send = (accessToken: string) => {
      headers.set('authorization', `Bearer ${accessToken}`)
      // A request has one body: the copy is sent, so that it can be sent again.
      return fetch(input instanceof Request ? input.clone() : input, { ...init, headers })
    }
    const response = await send(authorization.accessToken)
    if (init?.body instanceof ReadableStream || !(await isRejected(response))) return response
    const renewed = await auth.renew(authorization)
    return renewed ? send(renewed.accessToken) : response
  }
}

/** Whether the gateway rejected the token, which a header says first, and executed nothing. */
async function isRejected(response: Response): Promise<boolean> {
  if (response.status !== 401 && !response.headers.has('www-authenticate')) return false
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as RejectedBody | null
  const codes = body?.errors?.map(({ extensions }) => extensions?.code) ?? []
  return codes.includes('UNAUTHENTICATED') && !Object.values(body?.data ?? {}).some((value) => value !== null)
}

interface RejectedBody {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[]
}
