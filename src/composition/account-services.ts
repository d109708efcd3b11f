import { MINUTE_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import { deriveKey, deriveKeys } from '../core/secrets.ts'
import { AccountAdministration } from '../features/accounts/account-administration.ts'
import { AccountResolver } from '../features/accounts/account-resolver.ts'
import { AccountService } from '../features/accounts/account-service.ts'
import { OtpChallengeService } from '../features/otp/otp-challenge-service.ts'
import { OtpResolver } from '../features/otp/otp-resolver.ts'
import { CodeSignInResolver } from '../features/sign-in/code-sign-in-resolver.ts'
import { PasswordSignInResolver } from '../features/sign-in/password-sign-in-resolver.ts'
import { PasswordSignInService } from '../features/sign-in/password-sign-in-service.ts'
import { SecondStepResolver } from '../features/sign-in/second-step-resolver.ts'
import { CodeSignInService } from '../features/sign-in/code-sign-in-service.ts'
import { OtpGuard } from '../features/limits/otp-guard.ts'
import { SmsGuard } from '../features/limits/sms-guard.ts'
import { OtpSendLimiter } from '../features/otp/otp-send-limiter.ts'
import { MfaChallenges } from '../features/sign-in/mfa-challenges.ts'
import { MfaResolver } from '../features/mfa/mfa-resolver.ts'
import { SecondFactorService } from '../features/mfa/second-factor-service.ts'
import { SignInGate } from '../features/sign-in/sign-in-gate.ts'
import { TotpEnrollmentService } from '../features/mfa/totp-enrollment-service.ts'
import { TotpSecrets } from '../features/mfa/totp-secrets.ts'
import { OtpService } from '../features/otp/otp-service.ts'
import { PasswordCheckService } from '../features/passwords/password-check-service.ts'
import { PasswordPolicy } from '../features/passwords/password-policy.ts'
import { PasswordResolver } from '../features/passwords/password-resolver.ts'
import { PasswordService } from '../features/passwords/password-service.ts'
import { PasswordResetGrants } from '../features/passwords/reset-grants.ts'
import type { SessionService } from '../features/sessions/session-service.ts'
import type { SharedServices } from './shared-services.ts'
import type { SessionServices } from './session-services.ts'

/** Accounts and every way into them. */
export interface AccountServices {
  readonly administration: AccountAdministration
  readonly totpSecrets: TotpSecrets
  readonly resolvers: readonly object[]
}

/** Registration, codes, passwords. */
export function createAccountServices(
  config: Config,
  adapters: Adapters,
  sharedServices: SharedServices,
  { sessions, records, endedTtlMs }: SessionServices,
): AccountServices {
  const { now, random, log, users, store, masters } = adapters
  const [master] = masters
  const shared = { ...sharedServices, users, sessions, records, endedTtlMs, now, random, log, store }
  const { audit, loginGuard, identifyRequester } = sharedServices
  const mfa = mfaOf(config, adapters, sharedServices, sessions)
  const codes = {
    ...shared,
    gate: mfa.gate,
    secondFactors: mfa.secondFactors,
    sessionRows: adapters.sessions,
    otp: otpOf(config, adapters, sharedServices),
    smsGuard: smsGuardOf(config, adapters, sharedServices),
    admission: new OtpSendLimiter({
      ...{ store, now, scale: config.development.rateLimitScale },
      hashKey: deriveKey(master, 'limits'),
    }),
    resetGrants: new PasswordResetGrants({ store, random, now, hashKey: deriveKey(master, 'reset') }),
  }
  const otpChallenges = new OtpChallengeService({ ...codes, linkPage: config.otp.emailLink.page })
  const codeSignIn = new CodeSignInService(codes)
  const settingPasswords = {
    ...codes,
    passwords: adapters.passwords,
    passwordChecks: new PasswordCheckService({ loginGuard, identifyRequester, audit }),
    passwordPolicy: new PasswordPolicy(config.password),
  }
  const accounts = new AccountService({ ...settingPasswords, otpChallenges })
  return {
    administration: new AccountAdministration(shared),
    totpSecrets: mfa.secrets,
    resolvers: [
      new AccountResolver(accounts, config.development.exposeOtpCode),
      new PasswordSignInResolver(new PasswordSignInService(settingPasswords)),
      new CodeSignInResolver(codeSignIn),
      new SecondStepResolver(mfa.gate),
      new MfaResolver(mfa.enrollment),
      new PasswordResolver(new PasswordService(settingPasswords)),
      new OtpResolver(otpChallenges, config.development.exposeOtpCode),
    ],
  }
}

function otpOf(
  { otp }: Config,
  { store, random, now, masters: [master] }: Adapters,
  { limits }: SharedServices,
): OtpService {
  const { testCodes, testCodesUntil } = otp
  return new OtpService({
    store,
    guard: new OtpGuard(limits),
    random,
    now,
    hashKey: deriveKey(master, 'otp'),
    sealKey: deriveKey(master, 'otp-phone'),
    length: otp.length,
    lifetimeMs: otp.minutes * MINUTE_MS,
    linkMs: otp.emailLink.minutes * MINUTE_MS,
    fixedCode: (address) => (now() < (testCodesUntil ?? Infinity) ? (testCodes[address] ?? null) : null),
  })
}

function smsGuardOf(
  { otp: { sms } }: Config,
  { store, now, metrics, masters: [master] }: Adapters,
  { limits }: SharedServices,
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

function mfaOf(
  config: Config,
  { users, secondFactors: factors, sessions: sessionRows, store, random, now, masters }: Adapters,
  sharedServices: SharedServices,
  sessions: SessionService,
) {
  const shared = { ...sharedServices, sessions, users, factors, random, now }
  const secrets = new TotpSecrets({ factors, random, sealingKeys: deriveKeys(masters, 'totp') })
  const secondFactors = new SecondFactorService({ ...shared, secrets })
  const challenges = new MfaChallenges({ store, random, now, hashKey: deriveKey(masters[0], 'mfa') })
  const gate = new SignInGate({ ...shared, secondFactors, challenges })
  const host = config.server.publicUrl === null ? null : new URL(config.server.publicUrl).hostname
  const enrollment = new TotpEnrollmentService({
    ...shared,
    sessions: sessionRows,
    sessionService: sessions,
    secondFactors,
    secrets,
    issuer: config.otp.totpIssuer ?? host ?? 'graphql-auth-gateway',
  })
  return { gate, enrollment, secrets, secondFactors }
}
