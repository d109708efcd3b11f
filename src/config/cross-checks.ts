import { messageRules } from './groups/message-settings.ts'
import { passwordRules } from './groups/password-settings.ts'
import type { Settings } from './settings.ts'
import { transportRules } from './groups/transport-settings.ts'

/** Settings that are right one by one and wrong together: each problem with the name of a variable to change. */
export function contradictions(raw: Settings): string[] {
  const production = raw.NODE_ENV === 'production'
  const hasRedis = Boolean(raw.REDIS_URL ?? raw.REDIS_HOST)
  const rules: readonly [boolean, string][] = [
    [
      raw.REDIS_URL !== undefined && raw.REDIS_HOST !== undefined,
      'REDIS_URL: expected either REDIS_URL or REDIS_HOST, not both',
    ],
    [raw.STATE_STORE === 'redis' && !hasRedis, 'REDIS_URL: expected with STATE_STORE=redis'],
    [
      raw.REDIS_WAIT_REPLICAS > 0 && (raw.STATE_STORE ?? (hasRedis ? 'redis' : 'database')) !== 'redis',
      'REDIS_WAIT_REPLICAS: expected 0 without Redis',
    ],
    [
      raw.STATE_STORE === 'memory' && raw.INSTANCES > 1,
      'STATE_STORE: expected redis or database with INSTANCES above 1',
    ],
    [production && raw.OTP_EXPOSE_CODE === true, 'OTP_EXPOSE_CODE: expected off in production'],
    [
      production && Object.keys(raw.OTP_TEST_CODES).length > 0 && raw.OTP_TEST_CODES_UNTIL === undefined,
      'OTP_TEST_CODES_UNTIL: expected with OTP_TEST_CODES in production',
    ],
    [
      Object.values(raw.OTP_TEST_CODES).some((code) => code.length !== raw.OTP_LENGTH),
      'OTP_TEST_CODES: expected codes of OTP_LENGTH digits',
    ],
    [production && raw.DEV_OUTBOX === 'anyone', 'DEV_OUTBOX: expected here or off in production'],
    [production && raw.RATE_LIMIT_SCALE !== 1, 'RATE_LIMIT_SCALE: expected 1 in production'],
    [raw.JWT_ALGORITHM === 'HS256' && !raw.JWT_SECRET, 'JWT_SECRET: expected with JWT_ALGORITHM=HS256'],
    [
      raw.JWT_ALGORITHM === 'HS256' && raw.JWT_KEYS !== undefined,
      'JWT_KEYS: expected only with an asymmetric JWT_ALGORITHM',
    ],
    [
      raw.JWT_ALGORITHM !== 'HS256' && raw.JWT_SECRET !== undefined,
      'JWT_SECRET: expected only with JWT_ALGORITHM=HS256',
    ],
    [
      raw.JWT_ALGORITHM !== 'HS256' && raw.JWT_SECRETS_ACCEPTED.length > 0,
      'JWT_SECRETS_ACCEPTED: expected only with JWT_ALGORITHM=HS256',
    ],
    [
      hasRepeats(secretsOf(raw)),
      'GATEWAY_SECRET: expected to differ from JWT_SECRET, MESSAGE_WEBHOOK_SECRET and every accepted secret',
    ],
    [raw.SESSION_MAX_DAYS < raw.REFRESH_TOKEN_DAYS, 'SESSION_MAX_DAYS: expected at least REFRESH_TOKEN_DAYS'],
    [
      raw.SESSION_IDLE_MINUTES !== 0 && raw.SESSION_IDLE_MINUTES <= raw.ACCESS_TOKEN_MINUTES,
      'SESSION_IDLE_MINUTES: expected 0 or more than ACCESS_TOKEN_MINUTES, since a client refreshes no sooner',
    ],
    [
      (raw.PASSWORD_HASH_QUEUE ?? 0) >= raw.MAX_IN_FLIGHT,
      'PASSWORD_HASH_QUEUE: expected less than MAX_IN_FLIGHT, so that there is room for other requests',
    ],
    ...passwordRules(raw),
    ...transportRules(raw),
    ...messageRules(raw),
  ]
  return rules.filter(([broken]) => broken).map(([, problem]) => problem)
}

/** Every secret that was given: one that serves two purposes would be as strong as the weaker use. */
function secretsOf(raw: Settings): string[] {
  const given = [raw.GATEWAY_SECRET, raw.JWT_SECRET, raw.MESSAGE_WEBHOOK_SECRET].filter(
    (secret) => secret !== undefined,
  )
  return [...given, ...raw.GATEWAY_SECRETS_ACCEPTED, ...raw.JWT_SECRETS_ACCEPTED]
}

function hasRepeats(texts: readonly string[]): boolean {
  return new Set(texts).size < texts.length
}
