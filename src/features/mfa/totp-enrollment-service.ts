import type { SignedInCaller } from '../../core/caller.ts'
import { AuthError, badInput, tolerateOutage } from '../../core/errors.ts'
import { newRecoveryCode, parseTypedCode } from '../../core/recovery-codes.ts'
import type { Random } from '../../core/secrets.ts'
import { findAcceptedStep, newTotpSecret, buildTotpUri } from '../../core/totp.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SecondFactors } from '../../ports/second-factors.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toRecipient, type Notification } from '../notifications/notification.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'
import type { SessionService } from '../sessions/session-service.ts'
import { recoveryHash, typedCode, type SecondFactorService } from './second-factor-service.ts'
import type { TotpSecrets } from './totp-secrets.ts'

/** What enrolling needs. */
export interface TotpEnrollmentDependencies {
  readonly users: Users
  readonly factors: SecondFactors
  readonly sessions: Sessions
  readonly sessionService: SessionService
  readonly secondFactors: SecondFactorService
  readonly secrets: TotpSecrets
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
  /** What apps show beside the account. */
  readonly issuer: string
}

/** What an app needs to make codes. Seen by its owner, once, and never again. */
export interface TotpEnrollment {
  /** Base32. */
  readonly secret: string
  readonly otpauthUri: string
  /** Seconds until it can no longer be confirmed. */
  readonly expiresIn: number
}

/** How an account's second factor stands. */
export interface SecondFactorStatus {
  /** When the app was confirmed; null where sign-ins ask for none. */
  readonly enabledAt: Date | null
  readonly recoveryCodesLeft: number
}

/** How long an enrolment waits for its first code. */
const ENROLLMENT_MS = 10 * 60_000
/** How many recovery codes there are. */
const RECOVERY_CODES = 10

/** Adds and removes authenticator apps, and makes recovery codes. */
export class TotpEnrollmentService {
  readonly #deps: TotpEnrollmentDependencies

  constructor(deps: TotpEnrollmentDependencies) {
    this.#deps = deps
  }

  /**
   * Makes a secret for an app; it asks for nothing until `confirm`. A new one takes the place of one that was not confirmed.
   * Throws `REAUTHENTICATION_REQUIRED`, or `CONFLICT` where an app is confirmed.
   */
  async enroll(caller: SignedInCaller): Promise<TotpEnrollment> {
    const { factors, sessions, secrets, audit, random, now, issuer } = this.#deps
    await requireFreshSignIn(sessions, caller, now())
    const user = await this.#accountOf(caller)
    const secret = newTotpSecret(random)
    if (!(await factors.enroll(user.id, secrets.seal(user.id, secret), new Date(now()))))
      throw new AuthError('CONFLICT')
    audit.record('authn_mfa_enroll', { userId: user.id, sessionId: caller.sessionId }, caller.client)
    const account = user.email ?? user.phone ?? user.id
    return { secret, otpauthUri: buildTotpUri(secret, { issuer, account }), expiresIn: ENROLLMENT_MS / 1000 }
  }

  /**
   * Confirms an enrolment by a first code of the app: from now on every sign-in asks for one. The recovery codes, shown this
   * once, and how many other sessions ended. Throws `MFA_INVALID`, `RATE_LIMITED`, or `CONFLICT` where none waits.
   */
  async confirm(
    caller: SignedInCaller,
    code: string,
    endOtherSessions: boolean,
  ): Promise<{ readonly recoveryCodes: readonly string[]; readonly revokedSessions: number }> {
    const { factors, secondFactors, secrets, sessionService, audit, now } = this.#deps
    const { userId, client } = caller
    const digits = appCode(code)
    const user = await this.#accountOf(caller)
    const factor = await factors.find(userId)
    if (!factor || factor.confirmedAt || now() - factor.createdAt.getTime() >= ENROLLMENT_MS)
      throw new AuthError('CONFLICT')
    const attemptsLeft = await secondFactors.admit(userId, client)
    const secret = secrets.open(userId, factor.sealed)
    const step = findAcceptedStep(secret, digits, now())
    if (step === null) throw this.#wrong(userId, attemptsLeft, caller)
    // First, so that a store that is away leaves everything as it was; and once more for who slipped in before the confirmation.
    const endOthers = async () => (endOtherSessions ? sessionService.revokeOthers(caller) : 0)
    let revokedSessions = await endOthers()
    const { recoveryCodes, codeHashes } = this.#newRecoveryCodes(secret, userId)
    const sealed = secrets.seal(userId, secret)
    const confirmation = { previous: factor.sealed, sealed, step, codeHashes, now: new Date(now()) }
    if (!(await factors.confirm(userId, confirmation))) throw new AuthError('CONFLICT')
    await tolerateOutage(endOthers().then((late) => void (revokedSessions += late)))
    await secondFactors.succeeded(userId)
    audit.record('authn_mfa_enabled', { userId, sessionId: caller.sessionId }, client)
    await this.#tell(user, { kind: 'totp-enabled' })
    return { recoveryCodes, revokedSessions }
  }

  /** Removes app and recovery codes for one of their codes. Throws `MFA_INVALID`, `RATE_LIMITED`, or `CONFLICT` where there is none. */
  async disable(caller: SignedInCaller, code: string): Promise<void> {
    const { factors, secondFactors, audit } = this.#deps
    const { userId, sessionId, client } = caller
    const user = await this.#accountOf(caller)
    const typed = typedCode(code, 'code')
    await secondFactors.spend(
      userId,
      typed,
      client,
      async (spending) => (await factors.remove(userId, spending)) || null,
    )
    audit.record('authn_mfa_disabled', { userId, sessionId, reason: typed.kind }, client)
    await this.#tell(user, { kind: 'totp-disabled' })
  }

  /** New recovery codes in the place of all, for a code of the second factor. Throws as `disable`. */
  async regenerateRecoveryCodes(caller: SignedInCaller, code: string): Promise<readonly string[]> {
    const { factors, secondFactors, audit, now } = this.#deps
    const { userId, sessionId, client } = caller
    const user = await this.#accountOf(caller)
    const typed = typedCode(code, 'code')
    let shown: readonly string[] = []
    await secondFactors.spend(userId, typed, client, async (spending, secret) => {
      const { recoveryCodes, codeHashes } = this.#newRecoveryCodes(secret, userId)
      shown = recoveryCodes
      const done = await factors.replaceRecoveryCodes(userId, spending, codeHashes, new Date(now()))
      return done || null
    })
    audit.record('authn_mfa_recovery_codes_created', { userId, sessionId, reason: typed.kind }, client)
    await this.#tell(user, { kind: 'recovery-codes-replaced' })
    return shown
  }

  /** How the caller's second factor stands. */
  async status({ userId }: SignedInCaller): Promise<SecondFactorStatus> {
    const factor = await this.#deps.secondFactors.find(userId)
    return { enabledAt: factor?.confirmedAt ?? null, recoveryCodesLeft: factor?.recoveryCodesLeft ?? 0 }
  }

  async #accountOf({ userId }: SignedInCaller): Promise<User> {
    const user = await this.#deps.users.findById(userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    return user
  }

  #newRecoveryCodes(secret: string, userId: string) {
    const recoveryCodes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(this.#deps.random))
    const codeHashes = recoveryCodes.map((code) => recoveryHash(secret, userId, code.replaceAll('-', '')))
    return { recoveryCodes, codeHashes }
  }

  #wrong(userId: string, attemptsLeft: number, { client }: SignedInCaller): AuthError {
    this.#deps.audit.record('authn_mfa_fail', { userId, reason: 'totp' }, client)
    return new AuthError('MFA_INVALID', { attemptsLeft })
  }

  async #tell(user: User, notice: Notification): Promise<void> {
    await this.#deps.notifications.send(toRecipient(user), notice)
  }
}

/** A code of the app and nothing else: a recovery code shows nothing of it. */
function appCode(text: string): string {
  const typed = parseTypedCode(text)
  if (typed?.kind === 'totp') return typed.code
  throw badInput({ path: ['code'], code: 'INVALID_FORMAT', message: 'must be the six digits of the app' })
}
