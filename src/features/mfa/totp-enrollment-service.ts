import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { AuthError, tolerateOutage } from '../../core/errors.ts'
import type { Random } from '../../core/secrets.ts'
import { findAcceptedStep, newTotpSecret, buildTotpUri } from '../../core/totp.ts'
import type { NewAccountChange } from '../../ports/new-account-change.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SecondFactor, SecondFactors } from '../../ports/second-factors.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toRecipient, type PlainNotification } from '../notifications/notification.ts'
import type { AccountChangeService } from '../account-changes/account-change-service.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'
import type { SessionService } from '../sessions/session-service.ts'
import { createRecoveryCodes } from './recovery-code-batch.ts'
import { parseAppCode, parseSecondFactorCode } from './second-factor-codes.ts'
import type { Redemption, SecondFactorService } from './second-factor-service.ts'
import type { TotpSecrets } from './totp-secrets.ts'

/** Dependencies of the enrolment. */
export interface TotpEnrollmentDependencies {
  readonly users: Users
  readonly factors: SecondFactors
  readonly sessions: Sessions
  readonly sessionService: SessionService
  readonly secondFactors: SecondFactorService
  readonly secrets: TotpSecrets
  readonly devices: DeviceTokens
  readonly changes: AccountChangeService
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
  /** The name of the service in the app. */
  readonly issuer: string
}

/** What an authenticator app needs. Returned once, to the owner. */
export interface TotpEnrollment {
  /** Base32. */
  readonly secret: string
  readonly otpauthUri: string
  /** Seconds until the enrolment can no longer be confirmed. */
  readonly expiresIn: number
}

/** The status of the second factor of an account. */
export interface SecondFactorStatus {
  /** When the app was confirmed; null when sign-ins require no code. */
  readonly enabledAt: Date | null
  readonly recoveryCodesLeft: number
}

/** A confirmed enrolment. */
export interface ConfirmedEnrollment {
  /** Returned once. */
  readonly recoveryCodes: readonly string[]
  /** Number of other sessions that were revoked. */
  readonly revokedSessions: number
  /** Keeps the device of the change known, because the change has ended its device token. */
  readonly deviceToken: string
}

/** What the confirmation stored. */
interface StoredConfirmation {
  readonly recoveryCodes: readonly string[]
  /** The security stamp afterwards. */
  readonly securityStamp: number
}

/** How long an enrolment can be confirmed, in milliseconds. */
const ENROLLMENT_MS = 10 * MINUTE_MS

/** Adds and removes authenticator apps, and replaces recovery codes. */
export class TotpEnrollmentService {
  readonly #deps: TotpEnrollmentDependencies

  constructor(deps: TotpEnrollmentDependencies) {
    this.#deps = deps
  }

  /**
   * Creates a secret for an app; sign-ins require no code until `confirm`. It replaces a secret that was not
   * confirmed. Throws `REAUTHENTICATION_REQUIRED`, or `CONFLICT` when the account has a confirmed app.
   */
  async enroll(caller: SignedInCaller): Promise<TotpEnrollment> {
    const { factors, sessions, secrets, audit, random, now, issuer } = this.#deps
    await requireFreshSignIn(sessions, caller, now())
    const user = await this.#findUser(caller)
    const secret = newTotpSecret(random)
    if (!(await factors.enroll(user.id, secrets.seal(user.id, secret), new Date(now()))))
      throw new AuthError('CONFLICT')
    audit.record('authn_mfa_enroll', { userId: user.id, sessionId: caller.sessionId }, caller.client)
    const account = user.email ?? user.phone ?? user.id
    return { secret, otpauthUri: buildTotpUri(secret, { issuer, account }), expiresIn: ENROLLMENT_MS / 1000 }
  }

  /**
   * Confirms an enrolment by a first code of the app: sign-ins require a code from then on. Throws
   * `MFA_INVALID`, `RATE_LIMITED`, or `CONFLICT` when there is no pending enrolment.
   */
  async confirm(
    caller: SignedInCaller,
    code: string,
    endOtherSessions: boolean,
  ): Promise<ConfirmedEnrollment> {
    const { secondFactors, sessionService, devices, audit } = this.#deps
    const { userId, sessionId, client } = caller
    const digits = parseAppCode(code)
    const user = await this.#findUser(caller)
    const factor = await this.#findPending(userId)
    const step = await this.#verifyAppCode(factor, digits, caller)
    const revokeOthers = async () => (endOtherSessions ? sessionService.revokeOthers(caller) : 0)
    // Before the confirmation, so that an outage of the state store changes nothing.
    let revokedSessions = await revokeOthers()
    const change = this.#deps.changes.create('totp-enabled')
    const { recoveryCodes, securityStamp } = await this.#storeConfirmation(userId, factor, step, change)
    // Once more, for sessions that started before the confirmation.
    await tolerateOutage(revokeOthers().then((late) => void (revokedSessions += late)))
    await secondFactors.resetGuesses(userId)
    audit.record('authn_mfa_enabled', { userId, sessionId }, client)
    await this.#notify(user, { kind: 'totp-enabled' }, change, client)
    const deviceToken = devices.renew({ id: userId, securityStamp }, client.deviceToken)
    return { recoveryCodes, revokedSessions, deviceToken }
  }

  /**
   * Removes app and recovery codes; returns a token that keeps the device known. Throws `MFA_INVALID`,
   * `RATE_LIMITED`, or `CONFLICT` when there is no app.
   */
  async disable(caller: SignedInCaller, code: string): Promise<string> {
    const { factors, secondFactors, devices, changes, audit } = this.#deps
    const { userId, sessionId, client } = caller
    const user = await this.#findUser(caller)
    const parsed = parseSecondFactorCode(code, 'code')
    const change = changes.create('totp-disabled')
    const securityStamp = await secondFactors.authorize(userId, parsed, client, async (proof) =>
      toRedemption(await factors.remove(userId, proof, change)),
    )
    audit.record('authn_mfa_disabled', { userId, sessionId, reason: parsed.kind }, client)
    await this.#notify(user, { kind: 'totp-disabled' }, change, client)
    return devices.issue({ id: userId, securityStamp }, true)
  }

  /** Replaces all recovery codes, for a code of the second factor. Throws as `disable`. */
  async regenerateRecoveryCodes(caller: SignedInCaller, code: string): Promise<readonly string[]> {
    const { factors, secondFactors, changes, audit, random } = this.#deps
    const { userId, sessionId, client } = caller
    const user = await this.#findUser(caller)
    const parsed = parseSecondFactorCode(code, 'code')
    const change = changes.create('recovery-codes-replaced')
    const created = await secondFactors.authorize(userId, parsed, client, async (proof, secret) => {
      const { recoveryCodes, codeHashes } = createRecoveryCodes(random, secret, userId)
      const isReplaced = await factors.replaceRecoveryCodes(userId, proof, codeHashes, change)
      return toRedemption(isReplaced ? recoveryCodes : null)
    })
    audit.record('authn_mfa_recovery_codes_created', { userId, sessionId, reason: parsed.kind }, client)
    await this.#notify(user, { kind: 'recovery-codes-replaced' }, change, client)
    return created
  }

  /** The status of the caller's second factor. */
  async status({ userId }: SignedInCaller): Promise<SecondFactorStatus> {
    const factor = await this.#deps.secondFactors.find(userId)
    return { enabledAt: factor?.confirmedAt ?? null, recoveryCodesLeft: factor?.recoveryCodesLeft ?? 0 }
  }

  async #findUser({ userId }: SignedInCaller): Promise<User> {
    const user = await this.#deps.users.findById(userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    return user
  }

  /** The enrolment that waits for its first code. Throws `CONFLICT`. */
  async #findPending(userId: string): Promise<SecondFactor> {
    const { factors, now } = this.#deps
    const factor = await factors.find(userId)
    if (!factor || factor.confirmedAt || now() - factor.createdAt.getTime() >= ENROLLMENT_MS)
      throw new AuthError('CONFLICT')
    return factor
  }

  /** The time step of the code. Throws `MFA_INVALID` or `RATE_LIMITED`. */
  async #verifyAppCode(factor: SecondFactor, digits: string, caller: SignedInCaller): Promise<number> {
    const { secondFactors, secrets, audit, now } = this.#deps
    const { userId, client } = caller
    const attemptsLeft = await secondFactors.countGuess(userId, client)
    const step = findAcceptedStep(secrets.open(userId, factor.sealed), digits, now())
    if (step !== null) return step
    audit.record('authn_mfa_fail', { userId, reason: 'totp' }, client)
    throw new AuthError('MFA_INVALID', { attemptsLeft })
  }

  /** Throws `CONFLICT` when the enrolment was replaced or confirmed meanwhile. */
  async #storeConfirmation(
    userId: string,
    factor: SecondFactor,
    step: number,
    change: NewAccountChange,
  ): Promise<StoredConfirmation> {
    const { factors, secrets, random } = this.#deps
    const secret = secrets.open(userId, factor.sealed)
    const { recoveryCodes, codeHashes } = createRecoveryCodes(random, secret, userId)
    const sealed = secrets.seal(userId, secret)
    const confirmation = { previous: factor.sealed, sealed, step, codeHashes, now: change.createdAt, change }
    const securityStamp = await factors.confirm(userId, confirmation)
    if (securityStamp === null) throw new AuthError('CONFLICT')
    return { recoveryCodes, securityStamp }
  }

  async #notify(
    user: User,
    notification: PlainNotification,
    change: NewAccountChange,
    client: ClientFacts,
  ): Promise<void> {
    await this.#deps.changes.notify(toRecipient(user), notification, change, client)
  }
}

/** `result`: null when the code could not be spent. */
function toRedemption<Result>(result: Result | null): Redemption<Result> {
  return result === null ? { kind: 'rejected' } : { kind: 'redeemed', result }
}
