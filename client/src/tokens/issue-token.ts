/** Why a program got no token. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  /**
   * `extensions.code` of the gateway, such as `INVALID_CREDENTIALS`; `NETWORK_ERROR` if it was not reached.
   */
  readonly code: string
  /** Seconds until a retry can succeed; null if unknown. */
  readonly retryAfter: number | null

  constructor(code: string, message: string, retryAfter: number | null = null, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.retryAfter = retryAfter
  }

  /** Whether the same request can succeed later. */
  get isTemporary(): boolean {
    return ['NETWORK_ERROR', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE'].includes(this.code)
  }
}

/** A request for a token. */
export interface TokenRequest {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  /** Null: all scopes of the key. */
  readonly scopes: readonly string[] | null
  readonly timeoutMs: number
  readonly fetch: typeof fetch
}

/** A token as the gateway returns it. */
export interface IssuedToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scopes: readonly string[]
}

/** The document of the committed operation, as a list of allowed operations has it. */
export const ISSUE_TOKEN =
  'mutation IssueToken($input: IssueTokenInput!) { issueToken(input: $input) { accessToken expiresAt expiresIn messageKey scopes tokenType } }'

interface GraphqlResult {
  readonly data?: { readonly issueToken?: IssuedToken | null } | null
  readonly errors?: readonly {
    readonly message?: string
    readonly extensions?: Readonly<Record<string, unknown>>
  }[]
}

/** Asks the gateway for a token. Rejects with `TokenError`. */
export async function requestToken(request: TokenRequest): Promise<IssuedToken> {
  const { status, result } = await post(request)
  const token = result?.data?.issueToken
  if (token) return token
  const [error] = result?.errors ?? []
  if (!error) throw new TokenError('NETWORK_ERROR', `The gateway returned no token, but status ${status}.`)
  const { code, retryAfter } = error.extensions ?? {}
  throw new TokenError(
    typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
    `The gateway issued no token: ${error.message ?? 'no reason given'}`,
    typeof retryAfter === 'number' ? retryAfter : null,
  )
}

async function post({ url, apiKey, apiSecret, scopes, timeoutMs, fetch }: TokenRequest) {
  const input = { apiKey, apiSecret, ...(scopes && { scopes }) }
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ operationName: 'IssueToken', query: ISSUE_TOKEN, variables: { input } }),
      // The secret is not sent to another address.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const result = (await response.json().catch(() => null)) as GraphqlResult | null
    return { status: response.status, result }
  } catch (error) {
    throw new TokenError('NETWORK_ERROR', 'The gateway could not be reached.', null, error)
  }
}
