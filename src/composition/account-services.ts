import { MINUTE_MS } from '../core/duration.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import { deriveKey, deriveKeys } from '../core/secrets.ts'
import { createUndoTokens, type UndoTokens } from '../core/undo-tokens.ts'
import { AccountAdministration } from '../features/accounts/account-administration.ts'
import { AccountService } from '../features/accounts/account-service.ts'
import { OtpGuard } from '../features/limits/otp-guard.ts'
import { SmsGuard } from '../features/limits/sms-guard.ts'
import { SecondFactorService } from '../features/mfa/second-factor-service.ts'
import { TotpEnrollmentService } from '../features/mfa/totp-enrollment-service.ts'
import { TotpSecrets } from '../features/mfa/totp-secrets.ts'
import { OtpChallengeService } from '../features/otp/otp-challenge-service.ts'
import { OtpSendLimiter } from '../features/otp/otp-send-limiter.ts'
import { OtpService } from '../features/otp/otp-service.ts'
import { PhoneNumberService } from '../features/otp/phone-number-service.ts'
import { createCommonPasswordsLoader } from '../features/passwords/common-passwords.ts'
import { PasswordCheckService } from '../features/passwords/password-check-service.ts'
import { PasswordPolicy } from '../features/passwords/password-policy.ts'
import { PasswordService } from '../features/passwords/password-service.ts'
import { PasswordResetGrants } from '../features/passwords/reset-grants.ts'
import { UndoService } from '../features/recovery/undo-service.ts'
import { AccountChangeService } from '../features/account-changes/account-change-service.ts'
import { CodeSignInService } from '../features/sign-in/code-sign-in-service.ts'
import { MfaChallenges } from '../features/sign-in/mfa-challenges.ts'
import { PasswordSignInService } from '../features/sign-in/password-sign-in-service.ts'
import { SignInGate } from '../features/sign-in/sign-in-gate.ts'
import type { ReportVerification } from '../features/sign-in/verification-report.ts'
import type { SessionServices } from './session-services.ts'
import type { SharedServices } from './shared-services.ts'

/** Accounts, codes, passwords, the second factor and sign-in. */
export interface AccountServices extends MfaServices {
  readonly accounts: AccountService
  readonly administration: AccountAdministration
  readonly otp: OtpService
  readonly otpChallenges: OtpChallengeService
  readonly phoneNumbers: PhoneNumberService
  readonly passwords: PasswordService
  readonly passwordSignIn: PasswordSignInService
  readonly codeSignIn: CodeSignInService
  readonly undo: UndoService
}

/** The second factor, and the step after the first factor. */
interface MfaServices {
  readonly secondFactors: SecondFactorService
  readonly totpEnrollment: TotpEnrollmentService
  readonly totpSecrets: TotpSecrets
  readonly signInGate: SignInGate
}

/** Creates the services of accounts and of every way to sign in. */
export function createAccountServices(
  config: Config,
  adapters: Adapters,
  sharedServices: SharedServices,
  sessionServices: SessionServices,
): AccountServices {
  const { now, random, log, users, store } = adapters
  const { sessions, records } = sessionServices
  const { audit, loginGuard, identifyRequester } = sharedServices
  const undoTokens = createUndoTokens(deriveKeys(adapters.masters, 'undo'))
  const changes = createAccountChangeService(config, adapters, sharedServices, undoTokens)
  const mfa = createMfaServices(config, adapters, { ...sharedServices, changes }, sessionServices)
  const shared = {
    ...sharedServices,
    changes,
    undoTokens,
    users,
    sessions,
    records,
    now,
    random,
    log,
    store,
  }
  const codeDependencies = {
    ...shared,
    ...createOtpServices(config, adapters, sharedServices),
    gate: mfa.signInGate,
    secondFactors: mfa.secondFactors,
    sessionRows: adapters.sessions,
  }
  const phoneNumbers = new PhoneNumberService(codeDependencies)
  const otpChallenges = new OtpChallengeService(codeDependencies)
  const passwordDependencies = {
    ...codeDependencies,
    passwordHashing: adapters.passwordHashing,
    passwordChecks: new PasswordCheckService({ loginGuard, identifyRequester, audit }),
    passwordPolicy: new PasswordPolicy({
      ...config.password,
      loadCommonPasswords: createCommonPasswordsLoader(),
    }),
  }
  return {
    ...mfa,
    otp: codeDependencies.otp,
    otpChallenges,
    phoneNumbers,
    accounts: new AccountService({ ...passwordDependencies, otpChallenges }),
    administration: new AccountAdministration({
      ...codeDependencies,
      accountChanges: adapters.accountChanges,
      roles: config.session.roles,
    }),
    passwords: new PasswordService(passwordDependencies),
    passwordSignIn: new PasswordSignInService(passwordDependencies),
    codeSignIn: new CodeSignInService({ ...codeDependencies, phoneNumbers }),
    undo: new UndoService({ ...passwordDependencies, accountChanges: adapters.accountChanges }),
  }
}

function createAccountChangeService(
  { recovery }: Config,
  { random, now }: Adapters,
  { notifications }: SharedServices,
  undoTokens: UndoTokens,
): AccountChangeService {
  return new AccountChangeService({ ...recovery, notifications, undoTokens, random, now })
}

/** Codes, their limits, settings and metrics, and the grants that they are exchanged for. */
function createOtpServices(config: Config, adapters: Adapters, sharedServices: SharedServices) {
  const { store, metrics, random, now, masters } = adapters
  const [master] = masters
  const hashKey = deriveKey(master, 'limits')
  const scale = config.development.rateLimitScale
  const onReached = (limit: string) => metrics.count('gateway_limits_reached_total', { limit })
  const onVerification: ReportVerification = (purpose, result) =>
    metrics.count('gateway_otp_verifications_total', { purpose, result })
  return {
    onVerification,
    otp: createOtpService(config, adapters, sharedServices),
    linkPage: config.otp.emailLink.page,
    explainsDecoys: config.development.exposeOtpCode && config.server.environment !== 'production',
    smsGuard: createSmsGuard(config, adapters, sharedServices),
    sendLimiter: new OtpSendLimiter({ store, now, scale, hashKey, onReached }),
    resetGrants: new PasswordResetGrants({ store, random, now, hashKey: deriveKey(master, 'reset') }),
  }
}

function createOtpService(
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

function createSmsGuard(
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

function createMfaServices(
  config: Config,
  {
    users,
    accountChanges,
    secondFactors: factors,
    sessions: sessionRows,
    store,
    random,
    now,
    masters,
  }: Adapters,
  sharedServices: SharedServices & { readonly changes: AccountChangeService },
  { sessions }: SessionServices,
): MfaServices {
  const shared = { ...sharedServices, sessions, users, factors, random, now }
  const totpSecrets = new TotpSecrets({
    factors,
    accountChanges,
    random,
    sealingKeys: deriveKeys(masters, 'totp'),
  })
  const secondFactors = new SecondFactorService({ ...shared, secrets: totpSecrets })
  const challenges = new MfaChallenges({ store, random, now, hashKey: deriveKey(masters[0], 'mfa') })
  const signInGate = new SignInGate({ ...shared, secondFactors, challenges })
  const host = config.server.publicUrl === null ? null : new URL(config.server.publicUrl).hostname
  const totpEnrollment = new TotpEnrollmentService({
    ...shared,
    sessions: sessionRows,
    sessionService: sessions,
    secondFactors,
    secrets: totpSecrets,
    issuer: config.otp.totpIssuer ?? host ?? 'graphql-auth-gateway',
  })
  return { secondFactors, totpEnrollment, totpSecrets, signInGate }
}
