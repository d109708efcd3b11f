import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import { findContact } from '../../core/channel.ts'
import { AuthError, tolerateOutage } from '../../core/errors.ts'
import { parseInput } from '../../core/input.ts'
import type { TypedCode } from '../../core/recovery-codes.ts'
import type { StartRefusal } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LoginGuard } from '../limits/login-guard.ts'
import type { IdentifyRequester } from '../limits/requester.ts'
import { parseSecondFactorCode } from '../mfa/second-factor-codes.ts'
import {
  listMfaMethods,
  toMfaSessionMethod,
  type ConfirmedFactor,
  type MfaMethod,
  type Redemption,
  type SecondFactorService,
} from '../mfa/second-factor-service.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { Proof, SessionService, SessionStart } from '../sessions/session-service.ts'
import type { MfaChallenges, NewMfaChallenge, SignInCondition } from './mfa-challenges.ts'

/** Dependencies of the gate. */
export interface SignInGateDependencies {
  readonly users: Users
  readonly sessions: SessionService
  readonly secondFactors: SecondFactorService
  readonly challenges: MfaChallenges
  readonly loginGuard: LoginGuard
  readonly identifyRequester: IdentifyRequester
  readonly audit: AuditService
}

/** A challenge for the second step of a sign-in. */
export interface MfaChallenge extends NewMfaChallenge {
  readonly methods: readonly MfaMethod[]
}

/** The outcome of a first step: a session, or a challenge for the second step. */
export type SignInProgress =
  | { readonly kind: 'signed-in'; readonly signIn: SignIn }
  | { readonly kind: 'challenge'; readonly challenge: MfaChallenge }

/** A pending sign-in whose account can still complete it. */
interface FoundSignIn {
  readonly user: User
  readonly factor: ConfirmedFactor
  readonly proof: Proof
  readonly condition: SignInCondition
}

/** The session that a second factor starts, or none because the proof of the first step has started one. */
type CompletedStep = Exclude<SessionStart, { kind: 'refused' }>

const verifyInput = z.object({
  challengeId: z.string().max(128, 'is too long'),
  code: z.string().max(64, 'is too long'),
})

/**
 * The last part of every sign-in: requires the second factor of an account that has one, and does what
 * follows a completed sign-in. A service that bypassed it would be refused by the database
 * (`StartCondition.secondFactor`).
 */
export class SignInGate {
  readonly #deps: SignInGateDependencies

  constructor(deps: SignInGateDependencies) {
    this.#deps = deps
  }

  /**
   * Called after a first step: starts the session, or opens a challenge when the account has a second factor.
   * A challenge creates no session, session record or token; the condition and the report to the login guard
   * wait with it.
   */
  async begin(
    user: User,
    proof: Proof,
    condition: SignInCondition,
    client: ClientFacts,
  ): Promise<SignInProgress | StartRefusal> {
    const { secondFactors, sessions } = this.#deps
    const factor = await secondFactors.find(user.id)
    if (factor) return this.#openChallenge(user, factor, proof, condition, client)
    const start = await sessions.start(user, proof, { ...condition, secondFactor: null }, client)
    if (start.kind !== 'started') return start
    await this.#recordSuccess(start.signIn, proof, client)
    return { kind: 'signed-in', signIn: start.signIn }
  }

  /**
   * Called for a second step: starts the session of a challenge. The code is spent in the transaction that
   * starts the session; when the database or the state store fails, code and challenge stay valid.
   *
   * Throws `MFA_INVALID` with `attemptsLeft`, which is 0 when the challenge cannot be completed any more, or
   * `RATE_LIMITED` when the budget of the account is used up.
   */
  async complete(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { challengeId, code: text } = parseInput(verifyInput, input)
    const code = parseSecondFactorCode(text, 'input', 'code')
    const { secondFactors, challenges, audit } = this.#deps
    const found = await this.#findPending(challengeId)
    const { user, proof } = found
    const attemptsLeft = await challenges.countGuess(challengeId)
    await secondFactors.countGuess(user.id, client)
    const redemption = await this.#startSession(found, code, client)
    const step = redemption.kind === 'redeemed' ? redemption.result : null
    if (step?.kind !== 'started') {
      audit.record('authn_mfa_fail', { userId: user.id, reason: code.kind }, client)
      throw new AuthError('MFA_INVALID', { attemptsLeft: step ? 0 : attemptsLeft })
    }
    const { signIn } = step
    // The challenge is worthless now: if this fails, it expires.
    await tolerateOutage(challenges.close(challengeId))
    await secondFactors.resetGuesses(user.id)
    if (code.kind === 'recovery-code')
      await secondFactors.notifyRecoveryCodeUsed(signIn.user, signIn.session.id, client)
    await this.#recordSuccess(signIn, proof, client)
    return signIn
  }

  /** Reads the stores before a guess is counted, so that an outage costs no guess. Throws `MFA_INVALID`. */
  async #findPending(challengeId: string): Promise<FoundSignIn> {
    const { users, secondFactors, challenges } = this.#deps
    const pending = await challenges.find(challengeId)
    const user = pending && (await users.findById(pending.userId))
    const factor = user && (await secondFactors.find(user.id))
    const condition = pending && user && challenges.toCondition(pending, user)
    if (!condition || !factor || user.securityStamp !== condition.securityStamp)
      throw new AuthError('MFA_INVALID', { attemptsLeft: 0 })
    return { user, factor, proof: pending.proof, condition }
  }

  async #openChallenge(
    user: User,
    factor: ConfirmedFactor,
    proof: Proof,
    condition: SignInCondition,
    client: ClientFacts,
  ): Promise<SignInProgress | StartRefusal> {
    // A caller who could not sign in anyway must not learn of the second factor.
    if (!canStartSession(user, condition)) return { kind: 'refused' }
    const { challenges, audit } = this.#deps
    const opened = await challenges.open(user.id, proof, condition)
    const facts = { userId: user.id, reason: proof.methods.join(' ') }
    audit.record('authn_mfa_challenge', facts, client)
    return { kind: 'challenge', challenge: { ...opened, methods: listMfaMethods(factor) } }
  }

  #startSession(
    { user, factor, proof, condition }: FoundSignIn,
    code: TypedCode,
    client: ClientFacts,
  ): Promise<Redemption<CompletedStep>> {
    const { secondFactors, sessions } = this.#deps
    const fullProof = { ...proof, methods: [...proof.methods, toMfaSessionMethod(code)] }
    return secondFactors.redeem(user.id, factor, code, async (secondFactor) => {
      const start = await sessions.start(user, fullProof, { ...condition, secondFactor }, client)
      return start.kind === 'refused' ? { kind: 'rejected' } : { kind: 'redeemed', result: start }
    })
  }

  /** The session has started: an outage of the login guard only keeps its limits stricter. */
  async #recordSuccess({ user, session }: SignIn, { methods }: Proof, client: ClientFacts): Promise<void> {
    const { loginGuard, identifyRequester, audit } = this.#deps
    const requester = identifyRequester(client, user)
    if (user.email !== null)
      await tolerateOutage(
        methods.includes('pwd')
          ? loginGuard.succeeded(user.email, requester)
          : loginGuard.remember(user.email, requester.network),
      )
    const facts = { userId: user.id, sessionId: session.id, reason: session.methods.join(' ') }
    audit.record('authn_login_success', facts, client)
  }
}

/** Whether the first step has led to neither a session nor a challenge. */
export function isRefused(outcome: SignInProgress | StartRefusal): outcome is StartRefusal {
  return outcome.kind === 'refused' || outcome.kind === 'proof-spent'
}

/** What the database checks too, when it starts the session. */
function canStartSession(user: User, { securityStamp, contact }: SignInCondition): boolean {
  if (user.securityStamp !== securityStamp) return false
  if (!contact) return user.status === 'ACTIVE'
  const current = findContact(user, contact.channel)
  return current?.address === contact.address && user.status !== 'SUSPENDED'
}
