import type { ClientFacts } from '../../core/caller.ts'
import { isRefusal } from '../../core/errors.ts'
import type { PasswordHasher } from '../../ports/password-hasher.ts'
import type { User, UserCredentials } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LoginGuard } from '../limits/login-guard.ts'
import type { IdentifyRequester } from '../limits/requester.ts'

/** What the checks need. */
export interface PasswordCheckDependencies {
  readonly loginGuard: LoginGuard
  readonly identifyRequester: IdentifyRequester
  readonly audit: AuditService
}

/** A password that somebody gives, and whose it is said to be. */
export interface Claim {
  /** Whom guesses are counted for: the same text on every path, see `guessedAt`. */
  readonly subject: string
  /** The account; null where there is none, which costs the same. */
  readonly found: UserCredentials | null
  readonly password: string
}

/**
 * Checks passwords: the one way for every path that takes one, so that all of them share the budgets of `LoginGuard`, and an
 * account that is shut to guesses on one path is shut on all.
 */
export class PasswordCheckService {
  readonly #deps: PasswordCheckDependencies

  constructor(deps: PasswordCheckDependencies) {
    this.#deps = deps
  }

  /** Whether the password is the account's. The guess is counted before it is looked at; throws `RATE_LIMITED`. */
  async fits(
    hasher: PasswordHasher,
    { subject, found, password }: Claim,
    client: ClientFacts,
  ): Promise<boolean> {
    const { loginGuard, identifyRequester, audit } = this.#deps
    const requester = identifyRequester(client, found?.user.id ?? null)
    await loginGuard.admit(subject, requester).catch((error: unknown) => {
      if (isRefusal(error, 'RATE_LIMITED'))
        audit.record('authn_login_fail_max', { userId: found?.user.id }, client)
      throw error
    })
    return hasher.matches(found?.passwordHash ?? null, password)
  }

  /** After a password has done what it was given for: the failures of this account from this network or on this device are forgotten. */
  async succeeded(user: User, client: ClientFacts): Promise<void> {
    const { loginGuard, identifyRequester } = this.#deps
    await loginGuard.succeeded(guessedAt(user), identifyRequester(client, user.id))
  }
}

/** Whom guesses at an account's password are counted for: the address that people sign in with, where there is one. */
export function guessedAt({ email, id }: User): string {
  return email ?? id
}
