import type { AccessTokens } from '../../core/access-tokens.ts'
import { isApiKeyId, isApiSecret } from '../../core/api-key-secrets.ts'
import type { ClientFacts } from '../../core/caller.ts'
import { HOUR_MS } from '../../core/duration.ts'
import { AuthError } from '../../core/errors.ts'
import { listGrantableScopes, type RoleScopes } from '../../core/scopes.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { ApiKeys, UsedApiKey } from '../../ports/api-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { LIMITS } from '../limits/limits.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { parseCredentials, requireScopes } from './api-key-input.ts'
import type { HashApiSecret } from './api-secret-hashes.ts'

/** Dependencies of the tokens. */
export interface ApiTokenDependencies {
  readonly apiKeys: ApiKeys
  readonly accessTokens: Pick<AccessTokens, 'sign'>
  readonly limits: LimitService
  readonly audit: AuditService
  readonly hashSecret: HashApiSecret
  /** The scopes of each role. */
  readonly roleScopes: RoleScopes
  /** Lifetime of a token in seconds. */
  readonly lifetime: number
  readonly random: Random
  readonly now: Clock
}

/** A token of a program. */
export interface IssuedToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly expiresAt: Date
  readonly scopes: readonly string[]
}

/** Exchanges API keys for access tokens. */
export class ApiTokenService {
  readonly #deps: ApiTokenDependencies

  constructor(deps: ApiTokenDependencies) {
    this.#deps = deps
  }

  /**
   * A token with the scopes that are asked for, or all that the key has and its account can still grant.
   * Throws `INVALID_CREDENTIALS` without saying what is wrong with the key, `BAD_USER_INPUT` for further
   * scopes, `FORBIDDEN` if the account can no longer grant any, or `RATE_LIMITED`.
   */
  async issue(input: unknown, client: ClientFacts): Promise<IssuedToken> {
    const { limits, roleScopes } = this.#deps
    const { apiKey, apiSecret, scopes: asked } = parseCredentials(input)
    const { key, roles } = (await this.#use(apiKey, apiSecret)) ?? (await this.#refuse(apiKey, client))
    await limits.claim(LIMITS.tokensOfKey, key.id)
    const grantable = listGrantableScopes(roles, roleScopes)
    const granted = key.scopes.filter((scope) => grantable.includes(scope))
    // The account has lost the roles that granted the scopes.
    if (granted.length === 0) throw new AuthError('FORBIDDEN')
    if (asked) requireScopes(asked, granted)
    return this.#sign(key, asked ?? granted, client)
  }

  /** The key, if it has this secret and is active. Its use is recorded to the hour. */
  async #use(id: string, secret: string): Promise<UsedApiKey | null> {
    const { apiKeys, hashSecret, now } = this.#deps
    // A text that is no secret needs no statement; every program can compute the checksum.
    if (!isApiKeyId(id) || !isApiSecret(secret)) return null
    const at = now()
    const usedAt = new Date(Math.floor(at / HOUR_MS) * HOUR_MS)
    return apiKeys.use({ id, secretHashes: hashSecret(id, secret) }, new Date(at), usedAt)
  }

  async #refuse(id: string, client: ClientFacts): Promise<never> {
    const userId = (await this.#findOwner(id)) ?? undefined
    const reason = userId === undefined ? 'UNKNOWN' : id
    this.#deps.audit.record('authn_api_token_fail', { userId, reason }, client)
    throw new AuthError('INVALID_CREDENTIALS', { reason: 'API_KEY_INVALID' })
  }

  /**
   * The account whose trail gets the refusal; null where strangers would flood it, and for an unknown key.
   */
  async #findOwner(id: string): Promise<string | null> {
    const { apiKeys, limits } = this.#deps
    const userId = isApiKeyId(id) ? await apiKeys.findOwner(id) : null
    if (userId === null) return null
    return (await limits.reserve(LIMITS.refusalsOfKey, id)).granted ? userId : null
  }

  async #sign({ id, userId, expiresAt }: UsedApiKey['key'], scopes: readonly string[], client: ClientFacts) {
    const { accessTokens, audit, lifetime, random, now } = this.#deps
    const issuedAt = Math.floor(now() / 1000)
    const end = expiresAt === null ? Infinity : Math.floor(expiresAt.getTime() / 1000)
    const expiresIn = Math.min(lifetime, end - issuedAt)
    // The key expires within this second.
    if (expiresIn < 1) throw new AuthError('INVALID_CREDENTIALS', { reason: 'API_KEY_INVALID' })
    const tokenId = newId(random)
    const subject = { userId, sessionId: id, tokenId, scope: scopes.join(' '), lifetime: expiresIn }
    const accessToken = await accessTokens.sign(subject)
    audit.record('authn_api_token_created', { userId, reason: id }, client)
    return { accessToken, expiresIn, expiresAt: new Date((issuedAt + expiresIn) * 1000), scopes }
  }
}
