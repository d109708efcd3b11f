import type { ClientFacts } from '../../core/caller.ts'
import { isRefusal } from '../../core/errors.ts'
import { normalizePassword } from '../../core/passwords.ts'
import type { PasswordHasher } from '../../ports/password-hasher.ts'
import type { User, UserCredentials } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LoginGuard } from '../limits/login-guard.ts'
import type { IdentifyRequester } from '../limits/requester.ts'

/** Dependencies of the password check. */
export interface PasswordCheckDependencies {
  readonly loginGuard: LoginGuard
  readonly identifyRequester: IdentifyRequester
  readonly audit: AuditService
}

/** A password to be verified. */
export interface PasswordAttempt {
  /** The subject that attempts are counted for, the same for every operation; see `toAttemptSubject`. */
  readonly subject: string
  /** The account; null when there is none, which takes the same work. */
  readonly found: UserCredentials | null
  readonly password: string
}

/**
 * Verifies passwords for every operation that takes one, so that all of them share the limits of
 * `LoginGuard`: when an account is locked for one operation, it is locked for all.
 */
export class PasswordCheckService {
  readonly #deps: PasswordCheckDependencies

  constructor(deps: PasswordCheckDependencies) {
    this.#deps = deps
  }

  /** Whether the password is correct. The attempt is counted before it is verified. Throws `RATE_LIMITED`. */
  async verify(
    hasher: PasswordHasher,
    { subject, found, password }: PasswordAttempt,
    client: ClientFacts,
  ): Promise<boolean> {
    const { loginGuard, identifyRequester, audit } = this.#deps
    const requester = identifyRequester(client, found?.user ?? null)
    await loginGuard.admit(subject, requester).catch((error: unknown) => {
      if (isRefusal(error, 'RATE_LIMITED'))
        audit.record('authn_login_fail_max', { userId: found?.user.id }, client)
      throw error
    })
    return matchesPassword(hasher, found?.passwordHash ?? null, password)
  }

  /** After a successful operation: resets the attempts of the account from this network or on this device. */
  async succeeded(user: User, client: ClientFacts): Promise<void> {
    const { loginGuard, identifyRequester } = this.#deps
    await loginGuard.succeeded(toAttemptSubject(user), identifyRequester(client, user))
  }
}

/**
 * Whether the password matches in the form that new passwords are hashed in. Version 0.1.0 hashed passwords
 * as they were typed, so a text in another form is also verified as it is, with or without an account.
 */
export async function matchesPassword(
  hasher: PasswordHasher,
  stored: string | null,
  password: string,
): Promise<boolean> {
  const normalized = normalizePassword(password)
  const isMatch = await hasher.matches(stored, normalized)
  if (normalized === password) return isMatch
  const isTypedMatch = await hasher.matches(stored, password)
  return isMatch || isTypedMatch
}

/**
 * The subject that attempts at the password of an account are counted for: its e-mail address, else its id.
 */
export function toAttemptSubject({ email, id }: User): string {
  return email ?? id
}
