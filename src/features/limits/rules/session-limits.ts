import { MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/**
 * Limits of refresh, and of the sessions of an account. A client needs one refresh in 15 minutes, its tabs a
 * few.
 */
export const SESSION_LIMITS = {
  refresh: {
    name: 'field-refresh',
    max: 1200,
    windowMs: 15 * MINUTE_MS,
    per: 'network',
    fields: ['refresh'],
    meaning: 'Refreshes, with genuine tokens and others.',
  },
  refreshesOfSession: {
    name: 'refresh-session',
    max: 120,
    windowMs: 15 * MINUTE_MS,
    per: 'session',
    fields: ['refresh'],
    meaning:
      'Refreshes with genuine tokens of one session. An account has at most `SESSIONS_PER_USER` sessions; its other sessions are not affected.',
  },
  refreshes: {
    name: 'refresh-all',
    max: 60_000,
    windowMs: MINUTE_MS,
    per: 'all',
    fields: ['refresh'],
    meaning: 'Refreshes with genuine tokens of all sessions together.',
  },
  sessions: {
    name: 'field-sessions',
    max: 120,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['sessions'],
    meaning: 'Lists of sessions that one account reads.',
  },
  endSessions: {
    name: 'field-end-sessions',
    max: 60,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['revokeSession', 'revokeOtherSessions'],
    meaning: 'Sessions that one account ends from another session. `logout` always works.',
  },
  auditEvents: {
    name: 'field-audit-events',
    max: 120,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['myAuditEvents'],
    meaning: 'Pages of security events that one account reads.',
  },
} as const satisfies LimitRecords
