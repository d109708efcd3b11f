import type { AccessTokens } from '../../core/access-tokens.ts'
import type { RefreshTokens } from '../../core/refresh-tokens.ts'
import { toAmr } from '../../core/authentication-methods.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Session } from '../../ports/sessions.ts'
import type { User } from '../../ports/users.ts'

/** A session with the pair of tokens that was just made for it. */
export interface SignIn {
  readonly user: User
  readonly session: Session
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly refreshToken: string
  /** Seconds. */
  readonly refreshExpiresIn: number
  /** By which the account knows this device again; null after a refresh, which changes nothing about it. */
  readonly deviceToken: string | null
}

/** What the issuer needs. */
export interface SessionIssuerDependencies {
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly random: Random
  readonly now: Clock
  /** Scopes that each role gives. */
  readonly roleScopes: Readonly<Record<string, readonly string[]>>
}

/** Makes the tokens of a session: used by every way of signing in and by refresh. */
export class SessionIssuer {
  readonly #deps: SessionIssuerDependencies

  constructor(deps: SessionIssuerDependencies) {
    this.#deps = deps
  }

  /** A new access token, and the refresh token of the session's present counter: always the same text for one counter. */
  async issue(session: Session, user: User): Promise<SignIn> {
    const { accessTokens, refreshTokens, random, now } = this.#deps
    const subject = {
      userId: user.id,
      sessionId: session.id,
      tokenId: newId(random),
      scope: this.#scopeOf(user.roles),
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

  /** Scopes that the roles give, space-separated (RFC 6749 §3.3). */
  #scopeOf(roles: readonly string[]): string {
    const { roleScopes } = this.#deps
    return [...new Set(roles.flatMap((role) => roleScopes[role] ?? []))].join(' ')
  }
}
