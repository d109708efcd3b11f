import type { AccessTokens } from '../../core/access-tokens.ts'
import { toAmr } from '../../core/authentication-methods.ts'
import type { RefreshTokens } from '../../core/refresh-tokens.ts'
import type { RoleScopes } from '../../core/scopes.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Session } from '../../ports/sessions.ts'
import type { User } from '../../ports/users.ts'

/** A session with its account and the tokens that were issued for it. */
export interface SignIn {
  readonly user: User
  readonly session: Session
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly refreshToken: string
  /** Seconds. */
  readonly refreshExpiresIn: number
  /** Identifies the device to the account from now on; null after a refresh, which does not change it. */
  readonly deviceToken: string | null
}

/** Dependencies of the issuer. */
export interface SessionIssuerDependencies {
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly random: Random
  readonly now: Clock
  /** The scopes of each role. */
  readonly roleScopes: RoleScopes
}

/** Issues the tokens of a session, for every way to sign in and for refresh. */
export class SessionIssuer {
  readonly #deps: SessionIssuerDependencies

  constructor(deps: SessionIssuerDependencies) {
    this.#deps = deps
  }

  /**
   * A new access token, and the refresh token of the current counter, which is the same text for the same
   * counter.
   */
  async issue(session: Session, user: User): Promise<SignIn> {
    const { accessTokens, refreshTokens, random, now } = this.#deps
    const subject = {
      userId: user.id,
      sessionId: session.id,
      tokenId: newId(random),
      scope: this.#toScope(user.roles),
      amr: toAmr(session.methods),
    }
    return {
      user,
      session,
      accessToken: await accessTokens.sign(subject),
      expiresIn: accessTokens.lifetime,
      refreshToken: refreshTokens.issue({ sessionId: session.id, counter: session.counter }),
      refreshExpiresIn: Math.max(0, Math.floor((session.expiresAt.getTime() - now()) / 1000)),
      deviceToken: null,
    }
  }

  /** The scopes of the roles, space-separated (RFC 6749 §3.3). */
  #toScope(roles: readonly string[]): string {
    const { roleScopes } = this.#deps
    return [...new Set(roles.flatMap((role) => roleScopes[role] ?? []))].join(' ')
  }
}
