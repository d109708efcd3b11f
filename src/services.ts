import type { Adapters } from './adapters.ts'
import type { Config } from './config.ts'
import { createAccessTokens, type AccessTokens } from './core/access-tokens.ts'
import { createPasswords } from './core/passwords.ts'
import { createRefreshTokens } from './core/refresh-tokens.ts'
import { deriveKey } from './core/secrets.ts'
import type { KeySource } from './core/token-keys.ts'
import { AccountAdministration } from './features/accounts/account-administration.ts'
import { AccountResolver } from './features/accounts/account-resolver.ts'
import { AccountService } from './features/accounts/account-service.ts'
import { OtpChallengeService } from './features/accounts/otp-challenge-service.ts'
import { OtpResolver } from './features/accounts/otp-resolver.ts'
import { OtpSignInService } from './features/accounts/otp-sign-in-service.ts'
import { AuditResolver } from './features/audit/audit-resolver.ts'
import { AuditService } from './features/audit/audit-service.ts'
import { AuditTrail } from './features/audit/audit-trail.ts'
import { LimitService } from './features/limits/limit-service.ts'
import { LoginGuard } from './features/limits/login-guard.ts'
import { SmsGuard } from './features/limits/sms-guard.ts'
import { createMessageWords } from './features/notices/message-words.ts'
import { DeliveryService } from './features/notices/delivery-service.ts'
import { MessageHandler } from './features/notices/message-handler.ts'
import { NoticeService } from './features/notices/notice-service.ts'
import { MessageAdmission } from './features/otp/message-admission.ts'
import { OtpService } from './features/otp/otp-service.ts'
import { OutboxResolver } from './features/outbox/outbox-resolver.ts'
import { OutboxService } from './features/outbox/outbox-service.ts'
import { PostConnectionResolver, PostResolver } from './features/posts/post-resolver.ts'
import { PostService } from './features/posts/post-service.ts'
import { CallerService } from './features/sessions/caller-service.ts'
import { FreshSignIn } from './features/sessions/fresh-sign-in.ts'
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
  readonly delivery: DeliveryService
  readonly audit: AuditService
  readonly auditTrail: AuditTrail
  /** Null where nobody may see what was sent. */
  readonly outbox: OutboxService | null
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
  const { now, random, users, store, masters } = adapters
  const [master] = masters
  const durations = durationsOf(config)
  const { lifetime, leeway } = durations
  const { audit, auditTrail } = auditOf(config, adapters)
  const { notices, delivery } = noticesOf(config, adapters, audit)
  const { limits, loginGuard } = limitsOf(config, adapters)

  const accessTokens = createAccessTokens({
    keys,
    issuer,
    audience: config.token.audience,
    lifetime,
    leeway,
    now,
  })
  const refreshTokens = createRefreshTokens(
    deriveKey(master, 'refresh'),
    ...masters.slice(1).map((other) => deriveKey(other, 'refresh')),
  )
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
  const sessions = new SessionService({ ...shared, random, maxSessions: config.session.perUser })
  const refresh = new RefreshService({ ...shared, users, refreshTokens, notices })

  const sessionWatch = new SessionWatchService({ ...shared, signals: adapters.signals })

  const otp = otpOf(config, adapters, limits)
  const smsGuard = smsGuardOf(config, adapters, limits)
  const freshSignIn = new FreshSignIn({ sessions: adapters.sessions, now })
  const admission = new MessageAdmission({
    store,
    now,
    hashKey: deriveKey(master, 'limits'),
    scale: config.rateLimitScale,
  })
  const codes = { users, otp, admission, smsGuard, freshSignIn, notices, audit, now, sessions, loginGuard }
  const otpChallenges = new OtpChallengeService({ ...codes, linkPage: config.emailLink.page })
  const otpSignIn = new OtpSignInService(codes)
  const accounts = new AccountService({
    ...codes,
    otpChallenges,
    random,
    passwords: createPasswords(),
    passwordMinLength: config.passwordMinLength,
  })
  const posts = new PostService({ posts: adapters.posts, random, now })

  const outbox = config.devOutbox === 'off' ? null : new OutboxService(adapters.outbox)

  return {
    accessTokens,
    notices,
    outbox,
    delivery,
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
      new AccountResolver(accounts, config.otp.exposeCode),
      new OtpResolver(otpChallenges, otpSignIn, config.otp.exposeCode),
      new SessionResolver(sessions, refresh),
      new AuditResolver(audit),
      new PostResolver(posts),
      new PostConnectionResolver(posts),
      ...(outbox ? [new OutboxResolver(outbox)] : []),
    ],
  }
}

function limitsOf({ rateLimitScale: scale }: Config, { store, now, masters: [master] }: Adapters) {
  const hashKey = deriveKey(master, 'limits')
  const limits = new LimitService({ store, hashKey, scale, now })
  return { limits, loginGuard: new LoginGuard({ store, limits, hashKey }) }
}

function otpOf(
  { otp, emailLink }: Config,
  { store, random, now, masters: [master] }: Adapters,
  limits: LimitService,
): OtpService {
  const { testCodes, testCodesUntil } = otp
  return new OtpService({
    store,
    limits,
    random,
    now,
    hashKey: deriveKey(master, 'otp'),
    sealKey: deriveKey(master, 'otp-phone'),
    length: otp.length,
    lifetimeMs: otp.minutes * MINUTE,
    linkMs: emailLink.minutes * MINUTE,
    fixedCode: (address) => (now() < (testCodesUntil ?? Infinity) ? (testCodes[address] ?? null) : null),
  })
}

function smsGuardOf(
  { sms }: Config,
  { store, now, metrics, masters: [master] }: Adapters,
  limits: LimitService,
): SmsGuard {
  return new SmsGuard({
    store,
    limits,
    now,
    hashKey: deriveKey(master, 'limits'),
    countries: new Set(sms.countries),
    dailyBudget: sms.dailyBudget,
    onCode: (fact, prefix) => metrics.count('gateway_sms_codes_total', { prefix, fact }),
  })
}

function auditOf({ auditDays }: Config, { auditEvents: events, log, random, now }: Adapters) {
  const auditTrail = new AuditTrail({ events, log, now, keepMs: auditDays * DAY })
  return { auditTrail, audit: new AuditService({ events, log, random, now, trail: auditTrail }) }
}

function noticesOf(config: Config, adapters: Adapters, audit: AuditService) {
  const [master, ...others] = adapters.masters
  const sealingKeys = [
    deriveKey(master, 'messages'),
    ...others.map((other) => deriveKey(other, 'messages')),
  ] as const
  const shared = { ...adapters, messages: adapters.outgoingMessages, sealingKeys, audit }
  const words = createMessageWords({ ...config.words, publicUrl: config.publicUrl })
  const handler = new MessageHandler({ ...shared, words, maxAttempts: config.messages.attempts })
  const delivery = new DeliveryService({ ...shared, handler })
  return { delivery, notices: new NoticeService({ ...shared, delivery }) }
}

/** Seconds for tokens, milliseconds for everything else. */
function durationsOf({ token, session }: Config) {
  const lifetime = token.minutes * 60
  return {
    lifetime,
    leeway: token.leewaySeconds,
    // One minute more than any token can last: the clocks of two nodes are allowed to differ.
    endedTtlMs: (lifetime + 2 * token.leewaySeconds + 60) * 1000,
    slidingMs: Math.min(session.refreshDays * DAY, session.idleMinutes * MINUTE || Infinity),
    absoluteMs: session.maxDays * DAY,
    graceMs: session.graceSeconds * 1000,
  }
}
