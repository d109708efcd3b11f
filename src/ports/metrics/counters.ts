import { CHANNEL_NAMES, OTP_PURPOSES } from '../../core/channel.ts'
import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts'
import { FIRST_HUNDRED, FIRST_THOUSAND, type MetricDeclaration } from './declarations.ts'

/** Codes of errors in responses: those of the schema, and those of documents that are not executed. */
const RESPONSE_CODES = [
  ...(Object.keys(ERROR_CODES) as ErrorCode[]),
  ...(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST'] as const),
  ...(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED', 'OPERATION_NOT_ALLOWED'] as const),
  ...(['OPERATION_RESOLUTION_FAILURE', 'other'] as const),
] as const

/** Every counter. To add a counter, add it here. */
export const COUNTERS = {
  gateway_graphql_operations_total: {
    help: 'GraphQL operations by name and by the code of their first error, OK without errors. The name anonymous is that of operations without a name, rejected that of operations that were not executed.',
    labels: { operation: FIRST_HUNDRED, code: ['OK', ...RESPONSE_CODES] },
  },
  gateway_graphql_errors_total: {
    help: 'Errors of GraphQL responses by code.',
    labels: { code: RESPONSE_CODES },
  },
  gateway_requests_shed_total: {
    help: 'Requests and socket messages that load shedding rejected. No other metric counts them.',
    labels: {},
  },
  gateway_sign_ins_total: {
    help: 'Steps of sign-ins by method: success completes a sign-in, challenge requires a second step, failed is a wrong password or second factor. The method otp is a code or link by e-mail; gateway_otp_verifications_total has the failures of codes.',
    labels: {
      method: ['pwd', 'otp', 'sms', 'totp', 'recovery'],
      result: ['success', 'challenge', 'failed'],
    },
  },
  gateway_registrations_total: {
    help: 'Registrations: created is a new account, taken an address or number that has an account.',
    labels: { result: ['created', 'taken'] },
  },
  gateway_otp_requests_total: {
    help: 'Requests for one-time codes: sent is handed to delivery, not_sent is for no eligible account.',
    labels: { purpose: OTP_PURPOSES, result: ['sent', 'not_sent'] },
  },
  gateway_otp_verifications_total: {
    help: 'Verifications of one-time codes and of links by result: verified, or the code of the error.',
    labels: {
      purpose: OTP_PURPOSES,
      result: [
        ...(['verified', 'OTP_INVALID', 'OTP_EXPIRED', 'OTP_NOT_FOUND', 'TOKEN_INVALID'] as const),
        ...(['RATE_LIMITED', 'SERVICE_UNAVAILABLE', 'other'] as const),
      ],
    },
  },
  gateway_refreshes_total: {
    help: 'Refreshes: rotated, replayed within the grace window, or reused, which revokes the session.',
    labels: { result: ['rotated', 'replayed', 'reused'] },
  },
  gateway_access_tokens_issued_total: {
    help: 'Access tokens that were issued.',
    labels: { grant: ['sign_in', 'refresh', 'api_key'] },
  },
  gateway_access_tokens_verified_total: {
    help: 'Verifications of access tokens: of requests, sockets and introspection.',
    labels: { result: ['valid', 'expired', 'invalid'] },
  },
  gateway_security_events_total: {
    help: 'Security events by name, as the log has them.',
    labels: { event: FIRST_HUNDRED },
  },
  gateway_limits_reached_total: {
    help: 'Attempts that a rate limit rejected, by the name of the limit.',
    labels: { limit: FIRST_HUNDRED },
  },
  gateway_messages_total: {
    help: 'Outcomes of outgoing messages: sent, refused and failed per transport; retried and dropped per message, whose transport is none.',
    labels: {
      channel: [...CHANNEL_NAMES, 'unknown'],
      transport: FIRST_HUNDRED,
      result: ['sent', 'refused', 'failed', 'retried', 'dropped'],
    },
  },
  gateway_sms_codes_total: {
    help: 'Codes sent by text message and codes verified, by the first six digits of the number. A prefix with many codes sent and few verified indicates SMS pumping.',
    labels: { prefix: FIRST_THOUSAND, fact: ['sent', 'verified'] },
  },
  gateway_cache_reads_total: {
    help: 'Reads of the caches in the memory of this process. A miss reads the database.',
    labels: { level: ['accounts', 'posts', 'responses'], result: ['hit', 'miss'] },
  },
  gateway_removed_rows_total: {
    help: 'Rows that the scheduled cleanup of this process removed.',
    labels: { kind: ['pending_accounts', 'ended_sessions', 'ended_api_keys', 'account_changes'] },
  },
  gateway_worker_failures_total: {
    help: 'Workers that ended without being told to, and replacements that could not start.',
    labels: {},
  },
} as const satisfies Record<string, MetricDeclaration>
