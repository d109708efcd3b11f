import { batchCalls } from '../adapters/resilience/batched-calls.ts'
import { DAY_MS, MINUTE_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import { type AccessTokens, createAccessTokens } from '../core/access-tokens.ts'
import { createRefreshTokens } from '../core/refresh-tokens.ts'
import { deriveKeys } from '../core/secrets.ts'
import type { KeySource } from '../core/token-keys.ts'
import { AccountReader } from '../features/caching/account-reader.ts'
import { CallerService } from '../features/sessions/caller-service.ts'
import { RefreshService } from '../features/sessions/refresh-service.ts'
import { SessionIssuer } from '../features/sessions/session-issuer.ts'
import { SessionRecords } from '../features/sessions/session-records.ts'
import { SessionService } from '../features/sessions/session-service.ts'
import { SessionWatchService } from '../features/sessions/session-watch-service.ts'
import { IntrospectionService } from '../features/tokens/introspection-service.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Caches } from './caches.ts'
import type { SharedServices } from './shared-services.ts'

/** Sessions, their tokens, and the caller of a request. */
export interface SessionServices {
  readonly accessTokens: AccessTokens
  readonly records: SessionRecords
  readonly sessions: SessionService
  readonly callers: CallerService
  readonly sessionWatch: SessionWatchService
  readonly introspection: IntrospectionService
  readonly refresh: RefreshService
}

/**
 * Creates the services of sessions. `issuer`: `iss` of access tokens; `keys` sign them; `caches`: of this
 * node.
 */
export function createSessionServices(
  config: Config,
  adapters: Adapters,
  { audit, notifications, limits, devices, languages }: SharedServices,
  { issuer, keys, caches }: { readonly issuer: string; readonly keys: KeySource; readonly caches: Caches },
): SessionServices {
  const { now, random, users, store, generations, pubSub, masters, metrics } = adapters
  const durations = toDurations(config)
  const { lifetime, leeway, endedTtlMs } = durations
  const audience = config.token.audience
  const tokenOptions = { keys, issuer, audience, lifetime, leeway, now, batch: batchCalls }
  const accessTokens = countVerifications(createAccessTokens(tokenOptions), metrics)
  const [refreshKey, ...olderKeys] = deriveKeys(masters, 'refresh')
  const refreshTokens = createRefreshTokens(refreshKey, ...olderKeys)
  const accounts = new AccountReader({ users, generations, cache: caches.accounts })
  const records = new SessionRecords({
    ...{ store, reader: adapters.sessionReader, accounts, generations, pubSub, now, endedTtlMs },
    ...{ sessions: adapters.sessions, apiKeys: adapters.apiKeys },
    recordTtlMs: config.cache.sessionMs,
  })
  const { roleScopes } = config.session
  const tokenIssuer = new SessionIssuer({ accessTokens, refreshTokens, random, now, roleScopes })
  const shared = { ...durations, sessions: adapters.sessions, records, issuer: tokenIssuer, audit, now }
  const sessions = new SessionService({
    ...shared,
    devices,
    languages,
    random,
    maxSessions: config.session.perUser,
  })
  const refresh = new RefreshService({ ...shared, users, refreshTokens, limits, notifications })
  return {
    accessTokens,
    records,
    sessions,
    refresh,
    callers: new CallerService({ accessTokens, records }),
    sessionWatch: new SessionWatchService({ ...shared, pubSub, random }),
    introspection: new IntrospectionService({
      ...{ accessTokens, refreshTokens, records, now, issuer, audience },
      clients: config.token.introspectionClients,
      sessions: adapters.sessions,
      sessionService: sessions,
    }),
  }
}

/** The same tokens, whose verifications are counted. */
function countVerifications(tokens: AccessTokens, metrics: Pick<Metrics, 'count'>): AccessTokens {
  return {
    ...tokens,
    async verify(token) {
      const verdict = await tokens.verify(token)
      metrics.count('gateway_access_tokens_verified_total', { result: verdict.kind })
      return verdict
    },
  }
}

/** `lifetime` and `leeway` of tokens are in seconds; the others are in milliseconds. */
function toDurations({ token, session }: Config) {
  const lifetime = token.minutes * 60
  return {
    lifetime,
    leeway: token.leewaySeconds,
    // One minute longer than any token is valid, because the clocks of two nodes can differ.
    endedTtlMs: (lifetime + 2 * token.leewaySeconds + 60) * 1000,
    slidingMs: Math.min(session.refreshDays * DAY_MS, session.idleMinutes * MINUTE_MS || Infinity),
    absoluteMs: session.maxDays * DAY_MS,
    graceMs: session.graceSeconds * 1000,
  }
}
