import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import { emailAddress, parseInput, presentedPassword } from '../../core/input.ts'
import { normalizePassword } from '../../core/passwords.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { PasswordHashing } from '../../ports/password-hasher.ts'
import type { User, UserCredentials, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { PasswordCheckService } from '../passwords/password-check-service.ts'
import type { SignInCondition } from './mfa-challenges.ts'
import { isRefused, type SignInGate, type SignInProgress } from './sign-in-gate.ts'

/** Dependencies of sign-in by password. */
export interface PasswordSignInDependencies {
  readonly users: Users
  readonly passwordHashing: PasswordHashing
  readonly gate: SignInGate
  readonly passwordChecks: PasswordCheckService
  readonly audit: AuditService
  readonly log: Logger
  readonly now: Clock
}

const loginInput = z.object({ email: emailAddress, password: presentedPassword })
/** `pwd` of RFC 8176. */
const PASSWORD_PROOF = { methods: ['pwd'], proofHash: null }

/** Sign-in by password. */
export class PasswordSignInService {
  readonly #deps: PasswordSignInDependencies

  constructor(deps: PasswordSignInDependencies) {
    this.#deps = deps
  }

  /**
   * Signs in by password, or opens a challenge for the second step. Every cause of failure has the same
   * response, `INVALID_CREDENTIALS`, after the same work.
   */
  async signIn(input: unknown, client: ClientFacts): Promise<SignInProgress> {
    const { users, passwordHashing, passwordChecks, gate, audit } = this.#deps
    const { email, password } = parseInput(loginInput, input)
    const { found, isCorrect } = await passwordHashing.reserve(async (hasher) => {
      // The database is read first: when it fails, no attempt is counted.
      const found = await users.findCredentials(email)
      const attempt = { subject: email, found, password }
      return { found, isCorrect: await passwordChecks.verify(hasher, attempt, client) }
    })
    const outcome =
      found && isCorrect
        ? await gate.begin(found.user, PASSWORD_PROOF, toPasswordCondition(found.user), client)
        : null
    if (!found || !outcome || isRefused(outcome)) {
      audit.record('authn_login_fail', { userId: found?.user.id }, client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await this.#updateHash(found, password)
    return outcome
  }

  /**
   * Replaces a hash whose cost is not the configured one. A failure is ignored: the next sign-in tries again.
   */
  async #updateHash({ user, passwordHash }: UserCredentials, password: string): Promise<void> {
    const { users, passwordHashing, log, now } = this.#deps
    if (passwordHash === null || passwordHashing.isCurrent(passwordHash)) return
    try {
      const next = await passwordHashing.reserve((hasher) => hasher.hash(normalizePassword(password)))
      await users.replacePasswordHash(user.id, passwordHash, next, new Date(now()))
    } catch (err) {
      log.warn({ event: 'password.rehash_failed', err }, 'could not replace a password hash')
    }
  }
}

/** A password verifies no contact. */
function toPasswordCondition({ securityStamp }: User): SignInCondition {
  return { securityStamp, contact: null, dropsPassword: false }
}
