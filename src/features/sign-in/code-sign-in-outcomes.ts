import type { RegistrationProofs } from '../../core/registration-proofs.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User, Users } from '../../ports/users.ts'
import type { Languages } from '../../locales/languages.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { IdentifyRequester } from '../limits/requester.ts'
import type { SmsGuard } from '../limits/sms-guard.ts'
import type { MfaMethod, SecondFactorService } from '../mfa/second-factor-service.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { OtpSendLimiter } from '../otp/otp-send-limiter.ts'
import type { OtpService } from '../otp/otp-service.ts'
import type { ChangedPhone, PhoneNumberService } from '../otp/phone-number-service.ts'
import type { NewResetGrant, PasswordResetGrants } from '../passwords/reset-grants.ts'
import type { SignInGate, SignInProgress } from './sign-in-gate.ts'
import type { ReportVerification } from './verification-report.ts'

/** Dependencies of sign-in by code. */
export interface CodeSignInDependencies {
  readonly languages: Languages
  readonly users: Users
  readonly otp: OtpService
  readonly sendLimiter: OtpSendLimiter
  readonly gate: SignInGate
  readonly phoneNumbers: PhoneNumberService
  readonly smsGuard: SmsGuard
  readonly identifyRequester: IdentifyRequester
  readonly resetGrants: PasswordResetGrants
  readonly secondFactors: SecondFactorService
  readonly registrations: RegistrationProofs
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly now: Clock
  readonly onVerification: ReportVerification
}

/** The outcome of a verified code. */
export type VerifyOutcome =
  | SignInProgress
  | (ChangedPhone & { readonly kind: 'phone-verified' })
  | {
      readonly kind: 'reset-granted'
      readonly grant: NewResetGrant
      readonly mfaMethods: readonly MfaMethod[]
    }

/** The outcome of a verified link. `progress`: null when the caller did not ask to sign in. */
export interface VerifiedLink {
  readonly user: User
  readonly progress: SignInProgress | null
}
