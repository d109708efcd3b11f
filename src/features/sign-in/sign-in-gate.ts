import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import { AuthError, tolerateOutage } from '../../core/errors.ts'
import { parseInput } from '../../core/input.ts'
import type { TypedCode } from '../../core/recovery-codes.ts'
import type { StartRefusal } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LoginGuard } from '../limits/login-guard.ts'
import type { IdentifyRequester } from '../limits/requester.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { Proof, SessionService } from '../sessions/session-service.ts'
import type { MfaChallenges, SignInCondition, WaitingSignIn } from './mfa-challenges.ts'
import {
  methodsOf,
  typedCode,
  type ConfirmedFactor,
  type MfaMethod,
  type SecondFactorService,
} from '../mfa/second-factor-service.ts'

/** What the gate needs. */
export interface SignInGateDependencies {
  readonly users: Users
  readonly sessions: SessionService
  readonly secondFactors: SecondFactorService
  readonly challenges: MfaChallenges
  readonly loginGuard: LoginGuard
  readonly identifyRequester: IdentifyRequester
  readonly audit: AuditService
}

/** A sign-in that waits for its second step. */
export interface MfaChallenge {
  readonly challengeId: string
  readonly methods: readonly MfaMethod[]
  /** Seconds. */
  readonly expiresIn: number
}

/** Where a first step has led: to a session, or to a challenge and nothing else yet. */
export type SignInProgress =
  | { readonly kind: 'signed-in'; readonly signIn: SignIn }
  | { readonly kind: 'challenge'; readonly challenge: MfaChallenge }

const verifyInput = z.object({
  challengeId: z.string().max(128, 'is too long'),
  code: z.string().max(64, 'is too long'),
})

/**
 * The one gate that every way of signing in goes through: it asks for the second factor where the account has one, and does
 * what follows a complete sign-in. Whoever went around it would find SQL refusing the session (`StartCondition.secondFactor`).
 */
export class SignInGate {
  readonly #deps: SignInGateDependencies

  constructor(deps: SignInGateDependencies) {
    this.#deps = deps
  }

  /**
   * After a first step: starts the session, or opens a challenge where the account has a second factor. Of a challenge there
   * is no session, no record and no token. What the condition settles, and what the sign-in guard learns, waits with it.
   */
  async begin(
    user: User,
    proof: Proof,
    condition: SignInCondition,
    client: ClientFacts,
  ): Promise<SignInProgress | StartRefusal> {
    const { secondFactors, sessions } = this.#deps
    const factor = await secondFactors.find(user.id)
    if (factor) return this.#challenge(user, factor, proof, condition, client)
    const signIn = await sessions.start(user, proof, { ...condition, secondFactor: null }, client)
    if (typeof signIn === 'string') return signIn
    await this.#completed(signIn, proof, client)
    return { kind: 'signed-in', signIn }
  }

  /**
   * After a second step: starts the session that the challenge waits for. The code is spent in the transaction that starts it:
   * neither happens without the other, and while SQL or the store cannot answer, code and challenge stay good.
   *
   * Throws `MFA_INVALID` with `attemptsLeft`; 0 where the challenge is over, for whatever reason: sign in anew.
   * `RATE_LIMITED` when the account's budget is spent.
   */
  async complete(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { challengeId, code } = parseInput(verifyInput, input)
    const typed = typedCode(code, 'input', 'code')
    const { users, secondFactors, challenges } = this.#deps
    const waiting = await challenges.find(challengeId)
    // SQL is asked before anything is counted: while it cannot answer, no guess is.
    const user = waiting && (await users.findById(waiting.userId))
    const factor = user && (await secondFactors.find(user.id))
    if (!waiting || !factor || user.securityStamp !== waiting.securityStamp)
      throw new AuthError('MFA_INVALID', { attemptsLeft: 0 })
    const attemptsLeft = await challenges.countGuess(challengeId)
    await secondFactors.admit(user.id, client)
    const signIn = await this.#start(user, factor, waiting, typed, client)
    if (signIn === null || signIn === 'spent') {
      this.#deps.audit.record('authn_mfa_fail', { userId: user.id, reason: typed.kind }, client)
      throw new AuthError('MFA_INVALID', { attemptsLeft: signIn === 'spent' ? 0 : attemptsLeft })
    }
    // It is worth nothing any more: should this fail, its time ends it.
    await tolerateOutage(challenges.close(challengeId))
    await secondFactors.succeeded(user.id)
    if (typed.kind === 'recovery-code')
      await secondFactors.tellOfRecoveryCode(signIn.user, signIn.session.id, client)
    await this.#completed(signIn, waiting.proof, client)
    return signIn
  }

  async #challenge(
    user: User,
    factor: ConfirmedFactor,
    proof: Proof,
    condition: SignInCondition,
    client: ClientFacts,
  ): Promise<SignInProgress | StartRefusal> {
    // Whoever could not sign in anyway learns nothing of second factors.
    if (!mayStart(user, condition)) return 'refused'
    const opened = await this.#deps.challenges.open(user, proof, condition)
    this.#deps.audit.record(
      'authn_mfa_challenge',
      { userId: user.id, reason: proof.methods.join(' ') },
      client,
    )
    return { kind: 'challenge', challenge: { ...opened, methods: methodsOf(factor) } }
  }

  /** Null where the code was not right. */
  #start(
    user: User,
    factor: ConfirmedFactor,
    { proof, condition }: WaitingSignIn,
    typed: TypedCode,
    client: ClientFacts,
  ): Promise<SignIn | 'spent' | null> {
    const { secondFactors, sessions } = this.#deps
    const whole = { ...proof, methods: [...proof.methods, typed.kind === 'totp' ? 'totp' : 'recovery'] }
    return secondFactors.offer(user.id, factor, typed, async (secondFactor) => {
      const started = await sessions.start(user, whole, { ...condition, secondFactor }, client)
      return started === 'refused' ? null : started
    })
  }

  /** What a complete sign-in is followed by. The session stands: a guard that cannot be told only stays stricter. */
  async #completed({ user, session }: SignIn, { methods }: Proof, client: ClientFacts): Promise<void> {
    const { loginGuard, identifyRequester, audit } = this.#deps
    const requester = identifyRequester(client, user.id)
    if (user.email !== null)
      await tolerateOutage(
        methods.includes('pwd')
          ? loginGuard.succeeded(user.email, requester)
          : loginGuard.remember(user.email, requester.network),
      )
    audit.record('authn_login_success', { userId: user.id, sessionId: session.id }, client)
  }
}

function mayStart({ status }: User, { proves }: SignInCondition): boolean {
  return status === 'ACTIVE' || (status === 'PENDING' && proves !== null)
}
