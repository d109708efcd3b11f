import type { AccessTokens } from '../../core/access-tokens.ts'
import { isApiKeyId } from '../../core/api-key-secrets.ts'
import type { Caller, ClientFacts, Credentials } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { SessionRecords } from './session-records.ts'

/** Dependencies of the caller identification. */
export interface CallerDependencies {
  readonly accessTokens: AccessTokens
  readonly records: SessionRecords
}

/**
 * Identifies the caller of a request: verifies the signature, then reads session and blacklist in one round
 * trip, and the account beside it.
 */
export class CallerService {
  readonly #deps: CallerDependencies

  constructor(deps: CallerDependencies) {
    this.#deps = deps
  }

  /**
   * The caller of a request. Never rejects: an invalid or unverifiable token is a caller that protected
   * fields reject.
   */
  async identify(credentials: Credentials, client: ClientFacts): Promise<Caller> {
    if (credentials.kind === 'none') return { kind: 'anonymous', client }
    if (credentials.kind === 'unreadable') return toRefused('TOKEN_INVALID', null, client)
    const verdict = await this.#deps.accessTokens.verify(credentials.token)
    if (verdict.kind === 'invalid') return toRefused('TOKEN_INVALID', null, client)
    const { userId, sessionId, tokenId, expiresAt, scope } = verdict.claims
    const isProgram = isApiKeyId(sessionId)
    // A program does not sign out: its key ends by `revokeApiKey` only.
    const endedSessionId = isProgram ? null : sessionId
    if (verdict.kind === 'expired') return toRefused('TOKEN_EXPIRED', endedSessionId, client)
    try {
      const session = await this.#deps.records.find(sessionId, tokenId, userId)
      // A repeated sign-out of an ended session completes one that failed half-way.
      if (!session) return toRefused('TOKEN_INVALID', endedSessionId, client)
      if (session.userId !== userId) return toRefused('TOKEN_INVALID', null, client)
      const { roles, account, generations } = session
      const facts = { userId, tokenId, tokenExpiresAt: expiresAt, roles, account, generations, client }
      return isProgram
        ? { kind: 'program', apiKeyId: sessionId, scopes: scope.split(' '), ...facts }
        : { kind: 'signed-in', sessionId, ...facts }
    } catch (cause) {
      if (cause instanceof AuthError) return { kind: 'unknown', cause, client }
      throw cause
    }
  }
}

function toRefused(
  reason: 'TOKEN_EXPIRED' | 'TOKEN_INVALID',
  endedSessionId: string | null,
  client: ClientFacts,
): Caller {
  return { kind: 'refused', reason, endedSessionId, client }
}
