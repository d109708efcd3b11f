import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import { emailAddress, parseInput, presentedPassword } from '../../core/input.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Passwords } from '../../ports/password-hasher.ts'
import type { UserCredentials, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { PasswordCheckService } from '../passwords/password-check-service.ts'
import type { SignInGate, SignInProgress } from './sign-in-gate.ts'

/** Dependencies of sign-in by password. */
export interface PasswordSignInDependencies {
  readonly users: Users
  readonly passwords: Passwords
  readonly gate: SignInGate
  readonly passwordChecks: PasswordCheckService
  readonly audit: AuditService
  readonly log: Log
  readonly now: Clock
}

const loginInput = z.object({ email: emailAddress, password: presentedPassword })
/** `pwd` of RFC 8176. */
const BY_PASSWORD = { methods: ['pwd'], proofHash: null }
const PROVES_NOTHING_MORE = { proves: null, dropsPassword: false }

/** Sign-in by password. */
export class PasswordSignInService {
  readonly #deps: PasswordSignInDependencies

  constructor(deps: PasswordSignInDependencies) {
    this.#deps = deps
  }

  /**
   * Signs in by password, or leads to the second step. Every cause of failure is one answer, `INVALID_CREDENTIALS`, after the
   * same work.
   */
  async signIn(input: unknown, client: ClientFacts): Promise<SignInProgress> {
    const { users, passwords, passwordChecks, gate, audit } = this.#deps
    const { email, password } = parseInput(loginInput, input)
    const { found, fits } = await passwords.reserve(async (hasher) => {
      // SQL is asked first: while it cannot answer, no attempt is counted.
      const found = await users.findCredentials(email)
      return { found, fits: await passwordChecks.fits(hasher, { subject: email, found, password }, client) }
    })
    const progress = found && fits && (await gate.begin(found.user, BY_PASSWORD, PROVES_NOTHING_MORE, client))
    if (!progress || typeof progress === 'string') {
      audit.record('authn_login_fail', { userId: found?.user.id }, client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await this.#renewHash(found, password)
    return progress
  }

  /** Remakes a hash of another cost than today's, now that the password is at hand. Whether it succeeds is nobody's concern: the next sign-in tries again. */
  async #renewHash({ user, passwordHash }: UserCredentials, password: string): Promise<void> {
    const { users, passwords, log, now } = this.#deps
    if (passwordHash === null || passwords.isCurrent(passwordHash)) return
    try {
      const next = await passwords.reserve((hasher) => hasher.hash(password))
      await users.replacePasswordHash(user.id, passwordHash, next, new Date(now()))
    } catch (cause) {
      log.warn({ err: cause }, 'a password hash could not be remade')
    }
  }
}
