import type { Adapters } from './adapters.ts'
import type { Config } from './config.ts'
import { createAccessTokens, type AccessTokens } from './core/access-tokens.ts'
import { createDeviceTokens } from './core/device-tokens.ts'
import { createPasswords } from './core/passwords.ts'
import { createRefreshTokens } from './core/refresh-tokens.ts'
import { deriveKey } from './core/secrets.ts'
import type { KeySource } from './core/token-keys.ts'
import { AccountAdministration } from './features/accounts/account-administration.ts'
import { AccountResolver } from './features/accounts/account-resolver.ts'
import { AccountService } from './features/accounts/account-service.ts'
import { OtpSignInService } from './features/accounts/otp-sign-in-service.ts'
import { AuditResolver } from './features/audit/audit-resolver.ts'
import { AuditService } from './features/audit/audit-service.ts'
import { AuditTrail } from './features/audit/audit-trail.ts'
import { LimitService } from './features/limits/limit-service.ts'
import { LoginGuard } from './features/limits/login-guard.ts'
import { OtpGuard } from './features/limits/otp-guard.ts'
import { visitorsBy } from './features/limits/visitors.ts'
import { NoticeService } from './features/notices/notice-service.ts'
import { OtpService } from './features/otp/otp-service.ts'
import { PostConnectionResolver, PostResolver } from './features/posts/post-resolver.ts'
import { PostService } from './features/posts/post-service.ts'
import { CallerService } from './features/sessions/caller-service.ts'
import { RefreshService } from './features/sessions/refresh-service.ts'
import { SessionIssuer } from './features/sessions/session-issuer.ts'
import { SessionRecords } from './features/sessions/session-records.ts'
import { SessionResolver } from './features/sessions/session-resolver.ts'
import { SessionService } from './features/sessions/session-service.ts'
import { SessionWatchService } from './features/sessions/session-watch-service.ts'
import { IntrospectionService } from './features/tokens/introspection-service.ts'

/** What the server needs of the features. */
export interface Services {
  readonly accessTokens: AccessTokens
  readonly callers: CallerService
  readonly limits: LimitService
  readonly sessionWatch: SessionWatchService
  readonly introspection: IntrospectionService
  readonly administration: AccountAdministration
  readonly notices: NoticeService
  readonly audit: AuditService
  readonly auditTrail: AuditTrail
  /** Ready resolver instances. */
  readonly resolvers: readonly object[]
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/**
 * The features on their ports. Constants in order: a circle between services cannot be written.
 * `issuer`: `iss` of access tokens; `keys` sign them.
 */
export function createServices(
  config: Config,
  adapters: Adapters,
  { issuer, keys }: { readonly issuer: string; readonly keys: KeySource },
): Services {
  const { now, random, log, users, store, masters } = adapters
  const [master] = masters
  const durations = durationsOf(config)
  const { lifetime, leeway } = durations
  const { audit, auditTrail } = auditOf(config, adapters)
  const notices = new NoticeService({ mailer: adapters.mailer, log })
  const { limits, loginGuard } = limitsOf(config, adapters)
  const devices = createDeviceTokens({ keys: keysFor('device', masters), random, now })
  const visitorOf = visitorsBy(devices)

  const accessTokens = createAccessTokens({
    keys,
    issuer,
    audience: config.token.audience,
    lifetime,
    leeway,
    now,
  })
  const refreshTokens = createRefreshTokens(...keysFor('refresh', masters))
  const records = new SessionRecords({
    store,
    sessions: adapters.sessions,
    signals: adapters.signals,
    now,
    endedTtlMs: durations.endedTtlMs,
  })
  const tokenIssuer = new SessionIssuer({
    accessTokens,
    refreshTokens,
    random,
    now,
    roleScopes: config.session.roleScopes,
  })
  const shared = { ...durations, sessions: adapters.sessions, records, issuer: tokenIssuer, audit, now }
  const sessions = new SessionService({ ...shared, devices, random, maxSessions: config.session.perUser })
  const refresh = new RefreshService({ ...shared, users, refreshTokens, limits, notices })

  const sessionWatch = new SessionWatchService({ ...shared, signals: adapters.signals })

  const otpKey = deriveKey(master, 'otp')
  const otp = new OtpService({
    store,
    guard: new OtpGuard(limits),
    random,
    now,
    hashKey: otpKey,
    length: config.otp.length,
    lifetimeMs: durations.otpMs,
  })
  const otpSignIn = new OtpSignInService({ users, otp, sessions, loginGuard, visitorOf, notices, audit })
  const signIn = {
    users,
    sessions,
    otpSignIn,
    loginGuard,
    visitorOf,
    notices,
    audit,
    random,
    now,
    passwords: createPasswords(),
  }
  const accounts = new AccountService({ ...signIn, passwordMinLength: config.passwordMinLength })
  const posts = new PostService({ posts: adapters.posts, random, now })

  return {
    accessTokens,
    notices,
    audit,
    auditTrail,
    limits,
    callers: new CallerService({ accessTokens, records }),
    sessionWatch,
    introspection: new IntrospectionService({
      clients: config.introspectionClients,
      accessTokens,
      refreshTokens,
      records,
      sessions: adapters.sessions,
      sessionService: sessions,
      now,
      issuer,
      audience: config.token.audience,
    }),
    administration: new AccountAdministration({ ...shared, users }),
    resolvers: [
      new AccountResolver(accounts, otpSignIn, config.otp.exposeCode),
      new SessionResolver(sessions, refresh),
      new AuditResolver(audit),
      new PostResolver(posts),
      new PostConnectionResolver(posts),
    ],
  }
}

function limitsOf({ rateLimitScale: scale }: Config, { store, now, masters: [master] }: Adapters) {
  const hashKey = deriveKey(master, 'limits')
  const limits = new LimitService({ store, hashKey, scale, now })
  return { limits, loginGuard: new LoginGuard({ store, limits, hashKey }) }
}

function auditOf({ auditDays }: Config, { auditEvents: events, log, random, now }: Adapters) {
  const auditTrail = new AuditTrail({ events, log, now, keepMs: auditDays * DAY })
  return { auditTrail, audit: new AuditService({ events, log, random, now, trail: auditTrail }) }
}

/** The key of a purpose under each master: the first makes, all are accepted. */
function keysFor(purpose: string, [first, ...others]: Adapters['masters']): [Buffer, ...Buffer[]] {
  return [deriveKey(first, purpose), ...others.map((other) => deriveKey(other, purpose))]
}

/** Seconds for tokens, milliseconds for everything else. */
function durationsOf({ token, session, otp }: Config) {
  const lifetime = token.minutes * 60
  return {
    lifetime,
    leeway: token.leewaySeconds,
    // One minute more than any token can last: the clocks of two nodes are allowed to differ.
    endedTtlMs: (lifetime + 2 * token.leewaySeconds + 60) * 1000,
    otpMs: otp.minutes * MINUTE,
    slidingMs: Math.min(session.refreshDays * DAY, session.idleMinutes * MINUTE || Infinity),
    absoluteMs: session.maxDays * DAY,
    graceMs: session.graceSeconds * 1000,
  }
}
