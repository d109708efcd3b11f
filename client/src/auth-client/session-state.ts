import type { AuthState } from './auth-client-types.ts'
import type { SessionRecord, SignedOutReason } from './session-record.ts'
import type { SessionStore } from './session-store.ts'

/**
 * Creates `getState`: the record as applications see it. The state is the same object until it changes, so
 * that a refresh changes the record and not the state.
 */
export function createSessionState(
  store: SessionStore,
  onSignedOut?: (reason: SignedOutReason) => void,
): () => AuthState {
  let state = toState(store.record)
  store.listen(() => {
    const before = state
    const next = toState(store.record)
    if (JSON.stringify(next) === JSON.stringify(before)) return
    state = next
    if (before.status === 'signed-in' && next.status === 'signed-out' && next.reason)
      onSignedOut?.(next.reason)
  })
  return () => state
}

function toState({ userId, sessionId, reason }: SessionRecord): AuthState {
  if (reason !== undefined) return { status: 'signed-out', reason }
  return userId && sessionId ? { status: 'signed-in', userId, sessionId } : { status: 'unknown' }
}
