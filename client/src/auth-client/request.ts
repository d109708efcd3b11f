import { createClientError, AuthClientError, toProblem, type GraphqlErrorParts } from '../errors/problem.ts'
import type { DeviceClock } from './platform.ts'
import { AUTH_CLIENT_OPERATIONS, type AuthClientOperation } from './operations.ts'

/** What differs between requests. */
export interface RequestDetails {
  /** Sent in the `Authorization` header. */
  readonly accessToken?: string | null | undefined
  readonly credentials?: RequestCredentials
}

/** Calls a field; returns its value. Rejects with `AuthClientError`. */
export type CallGateway = <Result>(
  field: AuthClientOperation,
  variables: object,
  details?: RequestDetails,
) => Promise<Result>

/** What a request needs. */
export interface RequestOptions {
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  /** Whether the refresh token is in a cookie. */
  readonly inCookie: boolean
  readonly timeoutMs: number
  readonly clock: DeviceClock
}

/** Creates the function that calls the gateway. It adds no token of its own. */
export function createGatewayCall({ url, fetch, inCookie, timeoutMs, clock }: RequestOptions): CallGateway {
  return async (field, variables, { accessToken, ...details } = {}) => {
    const abort = new AbortController()
    const stop = clock.startTimer(timeoutMs, () => abort.abort())
    try {
      const response = await fetch(url, {
        method: 'POST',
        credentials: inCookie ? 'include' : 'same-origin',
        headers: {
          'content-type': 'application/json',
          ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        },
        body: JSON.stringify({ query: AUTH_CLIENT_OPERATIONS[field], variables }),
        signal: abort.signal,
        // A refresh and a sign-out outlive the page, so that their cookies arrive.
        keepalive: !('input' in variables),
        ...details,
      })
      return readField(field, await response.json(), response.status)
    } catch (cause) {
      if (cause instanceof AuthClientError) throw cause
      throw createClientError('NETWORK', 'No response from the gateway.', cause)
    } finally {
      stop()
    }
  }
}

function readField<Result>(field: string, body: unknown, status: number): Result {
  const { data, errors } = body as {
    data?: Readonly<Record<string, Result | undefined>> | null
    errors?: readonly GraphqlErrorParts[]
  }
  if (errors?.[0]) throw new AuthClientError(toProblem(errors[0], status))
  const value = data?.[field]
  if (value === undefined) throw new Error(`status ${status}`)
  return value
}
