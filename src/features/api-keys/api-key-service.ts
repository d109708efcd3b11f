import { newApiKeyId, newApiSecret, isApiKeyId, toSecretPrefix } from '../../core/api-key-secrets.ts'
import type { SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import { listGrantableScopes, type RoleScopes } from '../../core/scopes.ts'
import type { Random } from '../../core/secrets.ts'
import type { ApiKey, ApiKeys, NewApiKey } from '../../ports/api-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'
import { describeOrigin } from '../sessions/notification-origin.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import { parseNewKey } from './api-key-input.ts'
import type { HashApiSecret } from './api-secret-hashes.ts'

/** Dependencies of the keys. */
export interface ApiKeyDependencies {
  readonly apiKeys: ApiKeys
  readonly sessions: Pick<Sessions, 'find'>
  readonly records: SessionRecords
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly hashSecret: HashApiSecret
  /** The scopes of each role. */
  readonly roleScopes: RoleScopes
  /** Active keys that an account may have. */
  readonly maxKeys: number
  readonly random: Random
  readonly now: Clock
}

/** A new key with its secret, which is stored nowhere. */
export interface CreatedApiKey {
  readonly key: ApiKey
  readonly secret: string
}

/** Most keys of a list, if the account may not have more active ones, which come first. */
const MAX_LISTED = 100

/** Creates, lists and revokes the API keys of an account. */
export class ApiKeyService {
  readonly #deps: ApiKeyDependencies

  constructor(deps: ApiKeyDependencies) {
    this.#deps = deps
  }

  /**
   * Creates a key and notifies the owner. Throws `REAUTHENTICATION_REQUIRED`, `BAD_USER_INPUT`, or
   * `QUOTA_EXCEEDED` if the account has no room for another key.
   */
  async create(caller: SignedInCaller, input: unknown): Promise<CreatedApiKey> {
    const { apiKeys, sessions, notifications, audit, roleScopes, maxKeys, random, now } = this.#deps
    const at = now()
    const { name, scopes, expiresAt } = parseNewKey(input, listGrantableScopes(caller.roles, roleScopes), at)
    await requireFreshSignIn(sessions, caller, at)
    const secret = newApiSecret(random)
    const key = this.#build(
      { userId: caller.userId, name, scopes, expiresAt, createdAt: new Date(at) },
      secret,
    )
    const { sessionId, account, client } = caller
    const { securityStamp } = account
    const outcome = await apiKeys.create(key, { sessionId, securityStamp, maxKeys })
    if (outcome === 'too-many')
      throw new AuthError('QUOTA_EXCEEDED', { reason: 'TOO_MANY_API_KEYS', limit: maxKeys })
    // The account has changed since the caller was identified.
    if (outcome === 'refused') throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    audit.record('authn_api_key_created', { userId: caller.userId, sessionId, reason: key.id }, client)
    const origin = describeOrigin(client, at)
    await notifications.send(toRecipient(account), { kind: 'api-key-created', apiKey: key.id, origin })
    const { secretHash: _, ...created } = key
    return { key: { ...created, lastUsedAt: null, revokedAt: null }, secret }
  }

  /** The keys of the caller's account, ended ones included: active ones first, then the newest. */
  list({ userId }: SignedInCaller): Promise<ApiKey[]> {
    const { apiKeys, maxKeys, now } = this.#deps
    return apiKeys.list(userId, new Date(now()), Math.max(MAX_LISTED, maxKeys))
  }

  /**
   * Revokes a key and its tokens. A repeated call completes one that failed half-way. Throws `NOT_FOUND` for
   * any other id.
   */
  async revoke({ userId, sessionId, client }: SignedInCaller, id: string): Promise<void> {
    const { apiKeys, records, audit, now } = this.#deps
    const outcome = isApiKeyId(id) ? await apiKeys.revoke(id, userId, new Date(now())) : 'unknown'
    if (outcome === 'unknown') throw new AuthError('NOT_FOUND')
    await records.end([id])
    if (outcome === 'revoked')
      audit.record('authn_api_key_revoked', { userId, sessionId, reason: id }, client)
  }

  #build(
    facts: Pick<NewApiKey, 'userId' | 'name' | 'scopes' | 'expiresAt' | 'createdAt'>,
    secret: string,
  ): NewApiKey {
    const { random, hashSecret } = this.#deps
    const id = newApiKeyId(random)
    return { ...facts, id, secretHash: hashSecret(id, secret)[0], secretPrefix: toSecretPrefix(secret) }
  }
}
