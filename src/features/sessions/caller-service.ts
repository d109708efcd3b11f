import type { AccessTokens } from '../../core/access-tokens.ts'
import type { Caller, ClientFacts, Credentials } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { SessionRecords } from './session-records.ts'

/** What telling the caller needs. */
export interface CallerDependencies {
  readonly accessTokens: AccessTokens
  readonly records: SessionRecords
}

/** Decides who is calling: signature first, then session and blacklist in one round trip. */
export class CallerService {
  readonly #deps: CallerDependencies

  constructor(deps: CallerDependencies) {
    this.#deps = deps
  }

  /** The caller of a request. Never rejects: what cannot be told is a caller too, and protected operations refuse it. */
  async identify(credentials: Credentials, client: ClientFacts): Promise<Caller> {
    if (credentials.kind === 'none') return { kind: 'anonymous', client }
    if (credentials.kind === 'unreadable') return refused('TOKEN_INVALID', null, client)
    const verdict = await this.#deps.accessTokens.verify(credentials.token)
    if (verdict.kind === 'invalid') return refused('TOKEN_INVALID', null, client)
    const { userId, sessionId, tokenId, expiresAt } = verdict.claims
    if (verdict.kind === 'expired') return refused('TOKEN_EXPIRED', sessionId, client)
    try {
      const session = await this.#deps.records.find(sessionId, tokenId)
      // Its sign-out may be asked for again: what the first one could not complete is completed then.
      if (!session) return refused('TOKEN_INVALID', sessionId, client)
      if (session.userId !== userId) return refused('TOKEN_INVALID', null, client)
      return {
        kind: 'signed-in',
        userId,
        sessionId,
        tokenId,
        tokenExpiresAt: expiresAt,
        roles: session.roles,
        client,
      }
    } catch (cause) {
      if (cause instanceof AuthError) return { kind: 'unknown', cause, client }
      throw cause
    }
  }
}

function refused(
  reason: 'TOKEN_EXPIRED' | 'TOKEN_INVALID',
  endedSessionId: string | null,
  client: ClientFacts,
): Caller {
  return { kind: 'refused', reason, endedSessionId, client }
}
