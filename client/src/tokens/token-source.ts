import { createHash } from 'node:crypto'
import { requestToken, TokenError, type TokenRequest } from './issue-token.ts'
import { isFresh, type Clock, type StoredToken, type TokenStorage } from './token-storage.ts'

/** Settings of a token source. */
export interface TokenSourceOptions {
  /** The GraphQL endpoint of the gateway; `https:`, or `http:` to this machine. */
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly storage: TokenStorage
  /** Scopes of the token. Default: all of the key. */
  readonly scopes?: readonly string[]
  /** A token that expires within this time is replaced, in milliseconds. Default: 30,000. */
  readonly marginMs?: number
  /** How long the gateway may take to issue a token, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /** Allows `http:` to another machine, in a network that others cannot read. */
  readonly allowHttp?: boolean
  /** Default: the global one. */
  readonly fetch?: typeof fetch
  readonly now?: Clock
}

/** Gives a program its access token. */
export interface TokenSource {
  /**
   * A token that is valid for longer than the margin: the stored one, or a new one. Concurrent calls, in this
   * process and in others with the same storage, issue one token together. While the gateway cannot be
   * reached, a token within its margin is returned. Rejects with `TokenError` or `TokenStorageError`.
   */
  getToken(): Promise<string>
  /**
   * Forgets a token that the gateway has rejected (`UNAUTHENTICATED`), so that the next call gets another.
   */
  invalidate(accessToken: string): Promise<void>
  /** Closes the storage, so that the process can end. */
  close(): Promise<void>
}

/**
 * The name of a token in a storage: a hash, so that a list of names shows no key. Tokens of other gateways,
 * keys and scopes have other names.
 */
export function toTokenName(url: string, apiKey: string, scopes: readonly string[] | null): string {
  const parts = [new URL(url).href, apiKey, scopes && [...new Set(scopes)].toSorted()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/**
 * Creates the token source of a program. Throws `TypeError` for a URL that is not safe to send a secret to.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { apiKey, apiSecret, storage, scopes = null, marginMs = 30_000, timeoutMs = 10_000 } = options
  const { now = Date.now, fetch: send = globalThis.fetch } = options
  const url = requireSafeUrl(options)
  const name = toTokenName(url, apiKey, scopes)
  const request: TokenRequest = { url, apiKey, apiSecret, scopes, timeoutMs, fetch: send }
  let known: StoredToken | null = null
  let pending: Promise<string> | null = null

  async function loadFresh(): Promise<StoredToken | null> {
    known = await storage.load(name)
    return isFresh(known, now(), marginMs) ? known : null
  }

  async function issue(): Promise<StoredToken> {
    // Counted from before the request: the token never lives longer than it is stored.
    const sentAt = now()
    const { accessToken, expiresIn, scopes: granted } = await requestToken(request)
    const token = { accessToken, expiresAt: sentAt + expiresIn * 1000, scopes: granted }
    await storage.save(name, token)
    return token
  }

  async function find(): Promise<string> {
    // Within its margin it is better than none.
    const spare = known
    const stored = await loadFresh()
    if (stored) return stored.accessToken
    try {
      // Another process may have stored a token meanwhile.
      known = await storage.exclusively(name, async () => (await loadFresh()) ?? issue())
    } catch (error) {
      known = isFresh(known, now()) ? known : spare
      if (!(error instanceof TokenError && error.isTemporary && isFresh(known, now()))) throw error
    }
    if (!known) throw new TokenError('INTERNAL_SERVER_ERROR', 'There is no token.')
    return known.accessToken
  }

  return {
    async getToken() {
      if (isFresh(known, now(), marginMs)) return known.accessToken
      pending ??= find().finally(() => (pending = null))
      return pending
    },
    async invalidate(accessToken) {
      if (known?.accessToken === accessToken) known = null
      await storage.delete(name, accessToken)
    },
    close: () => storage.close(),
  }
}

function requireSafeUrl({ url, allowHttp = false }: TokenSourceOptions): string {
  const { protocol, hostname } = new URL(url)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'https:' || (protocol === 'http:' && (isLocal || allowHttp))) return url
  throw new TypeError('url: must begin with https://, because the secret of the API key is sent to it.')
}
