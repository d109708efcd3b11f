import { isApiKeyId } from '../../core/api-key-secrets.ts'

// One hash tag, so that the two keys of a session are in one slot of a cluster. Generations are in other
// slots: an adapter for a cluster must split `get` by slot.

/** First characters of the keys of records and blacklisted tokens. */
export const SESSION_KEY_PREFIXES = ['session:{', 'api-key:{', 'blacklist:{'] as const

/**
 * Key of the record of a session or an API key. Nodes of earlier versions do not know API keys and would take
 * the record of one for a session, so it has another name.
 */
export function toRecordKey(sessionId: string): string {
  return isApiKeyId(sessionId) ? `api-key:{${sessionId}}` : `session:{${sessionId}}`
}

/** Key whose presence rejects one access token of a session. */
export function toBlacklistKey(sessionId: string, tokenId: string): string {
  return `blacklist:{${sessionId}}:${tokenId}`
}
