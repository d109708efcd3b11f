import type { UserStatus } from './users.ts'

/** An API key of an account. */
export interface ApiKey {
  /** Public. */
  readonly id: string
  readonly userId: string
  readonly name: string
  /** The first characters of the secret. */
  readonly secretPrefix: string
  readonly scopes: readonly string[]
  readonly createdAt: Date
  /** The hour of the last token; null before the first. */
  readonly lastUsedAt: Date | null
  /** Null: the key does not expire. */
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

/** An API key to be created. */
export interface NewApiKey extends Omit<ApiKey, 'lastUsedAt' | 'revokedAt'> {
  readonly secretHash: string
}

/** The conditions under which a key is created. */
export interface ApiKeyCondition {
  /** The session of the request, which must be active. */
  readonly sessionId: string
  /**
   * The security stamp of the account when the caller was identified. If it has risen, nothing is created.
   */
  readonly securityStamp: number
  /** Active keys that the account may have, this one included. */
  readonly maxKeys: number
}

/**
 * The outcome of a creation. `refused`: session or account are no longer what the caller was identified by.
 */
export type ApiKeyCreation = 'created' | 'too-many' | 'refused'

/** Credentials of a program, as they are compared. */
export interface ApiKeyCredentials {
  readonly id: string
  /** Keyed hashes of the secret under every accepted master secret; the first is stored from now on. */
  readonly secretHashes: readonly [string, ...string[]]
}

/** A key at the time of a token. */
export interface UsedApiKey {
  readonly key: ApiKey
  /** Of its account. */
  readonly roles: readonly string[]
}

/** What a request needs of a key, read together with its account. */
export interface ApiKeyStatus {
  readonly session: Pick<ApiKey, 'id' | 'userId' | 'revokedAt'> & { readonly expiresAt: Date }
  readonly userStatus: UserStatus
  readonly roles: readonly string[]
}

/** The outcome of a revocation: by this call, or before it; `unknown`: the account has no such key. */
export type ApiKeyRevocation = 'revoked' | 'was-revoked' | 'unknown'

/**
 * API keys in the database, which is the authority on which keys are active. Rejects with
 * `AuthError('SERVICE_UNAVAILABLE')` when the database fails.
 */
export interface ApiKeys {
  /** Inserts the key if the condition holds. Concurrent creations count each other's keys. */
  create(key: NewApiKey, condition: ApiKeyCondition): Promise<ApiKeyCreation>
  /** The keys of an account, active ones first, then the newest; at most `limit`. */
  list(userId: string, now: Date, limit: number): Promise<ApiKey[]>
  /**
   * One conditional statement: records the use of a key that has one of the hashes, is neither revoked nor
   * expired, and whose account is active. `usedAt`: the time to record. Null for any other key or secret.
   */
  use(credentials: ApiKeyCredentials, now: Date, usedAt: Date): Promise<UsedApiKey | null>
  /** The account of a key, even of an ended one; null for an unknown id. */
  findOwner(id: string): Promise<string | null>
  /** What a request needs of a key, even of an ended one; null for an unknown id. */
  findStatus(id: string): Promise<ApiKeyStatus | null>
  /** Revokes a key of the account that is not revoked yet. */
  revoke(id: string, userId: string, now: Date): Promise<ApiKeyRevocation>
}
