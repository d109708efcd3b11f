import { OTP_PURPOSES } from '../../core/channel.ts'
import type { CounterLabels, Metrics } from '../../ports/metrics.ts'
import { COUNTERS } from '../../ports/metrics/counters.ts'
import { AUDIT_EVENTS, type AuditEventName } from './audit-event-names.ts'

type Count = Pick<Metrics, 'count'>
type Reason = string | undefined
type SignInResult = CounterLabels<'gateway_sign_ins_total'>['result']

const METHODS = COUNTERS.gateway_sign_ins_total.labels.method

/** Creates the series of every event, so that the first event of a kind is seen as an increase. */
export function createEventSeries(metrics: Count): void {
  for (const event of Object.keys(AUDIT_EVENTS)) metrics.count('gateway_security_events_total', { event }, 0)
}

/** Counts a security event: under its name, and in the metric of what it reports. */
export function countEvent(metrics: Count, event: AuditEventName, { reason }: { reason?: Reason }): void {
  metrics.count('gateway_security_events_total', { event })
  OWN_COUNTERS[event]?.(metrics, reason)
}

/** Events that have metrics of their own, with their `reason`. */
const OWN_COUNTERS: Partial<Record<AuditEventName, (metrics: Count, reason: Reason) => void>> = {
  user_created: (metrics) => metrics.count('gateway_registrations_total', { result: 'created' }),
  user_registration_taken: (metrics) => metrics.count('gateway_registrations_total', { result: 'taken' }),
  authn_otp_sent: (metrics, purpose) => countOtpRequest(metrics, purpose, 'sent'),
  authn_otp_not_sent: (metrics, purpose) => countOtpRequest(metrics, purpose, 'not_sent'),
  authn_login_success: (metrics, methods) => countSignIn(metrics, methods, 'success'),
  authn_login_fail: (metrics) => countSignIn(metrics, 'pwd', 'failed'),
  authn_mfa_challenge: (metrics, methods) => countSignIn(metrics, methods, 'challenge'),
  authn_mfa_fail: (metrics, kind) =>
    countSignIn(metrics, kind === 'recovery-code' ? 'recovery' : kind, 'failed'),
  authn_token_created: (metrics) => metrics.count('gateway_access_tokens_issued_total', { grant: 'sign_in' }),
  authn_token_rotated: (metrics) => countRefresh(metrics, 'rotated'),
  authn_token_repeated: (metrics) => countRefresh(metrics, 'replayed'),
  'token.refresh.reused': (metrics) => metrics.count('gateway_refreshes_total', { result: 'reused' }),
  authn_api_token_created: (metrics) =>
    metrics.count('gateway_access_tokens_issued_total', { grant: 'api_key' }),
}

/** A rotation and a replay return an access token each. */
function countRefresh(metrics: Count, result: 'rotated' | 'replayed'): void {
  metrics.count('gateway_refreshes_total', { result })
  metrics.count('gateway_access_tokens_issued_total', { grant: 'refresh' })
}

function countOtpRequest(metrics: Count, reason: Reason, result: 'sent' | 'not_sent'): void {
  const purpose = OTP_PURPOSES.find((each) => each === reason)
  if (purpose) metrics.count('gateway_otp_requests_total', { purpose, result })
}

/** `methods`: those of the sign-in so far, separated by spaces; the last one is the method of the step. */
function countSignIn(metrics: Count, methods: Reason, result: SignInResult): void {
  const last = methods?.split(' ').at(-1)
  const method = METHODS.find((each) => each === last)
  if (method) metrics.count('gateway_sign_ins_total', { method, result })
}
