import type { Config } from '../config/config.ts'
import { AccountResolver } from '../features/accounts/account-resolver.ts'
import { AuditResolver } from '../features/audit/audit-resolver.ts'
import { DevMailboxResolver } from '../features/dev-mailbox/dev-mailbox-resolver.ts'
import { MfaResolver } from '../features/mfa/mfa-resolver.ts'
import { OtpResolver } from '../features/otp/otp-resolver.ts'
import { PasswordResolver } from '../features/passwords/password-resolver.ts'
import { PostConnectionResolver, PostResolver } from '../features/posts/post-resolver.ts'
import { SessionResolver } from '../features/sessions/session-resolver.ts'
import { CodeSignInResolver } from '../features/sign-in/code-sign-in-resolver.ts'
import { PasswordSignInResolver } from '../features/sign-in/password-sign-in-resolver.ts'
import { SecondStepResolver } from '../features/sign-in/second-step-resolver.ts'
import type { Services } from './services.ts'

/** A resolver class and how it is created. */
interface ResolverEntry<Resolver extends object = object> {
  readonly type: { readonly prototype: Resolver }
  readonly create: (services: Services, config: Config) => Resolver
  /** Only in development and test: not part of the schema that clients rely on. */
  readonly developmentOnly?: true
}

/** Every resolver of the schema. */
export const RESOLVERS: readonly ResolverEntry[] = [
  entry({
    type: AccountResolver,
    create: ({ accounts }, { development }) => new AccountResolver(accounts, development.exposeOtpCode),
  }),
  entry({
    type: OtpResolver,
    create: ({ otpChallenges }, { development }) => new OtpResolver(otpChallenges, development.exposeOtpCode),
  }),
  entry({
    type: PasswordSignInResolver,
    create: ({ passwordSignIn }) => new PasswordSignInResolver(passwordSignIn),
  }),
  entry({ type: CodeSignInResolver, create: ({ codeSignIn }) => new CodeSignInResolver(codeSignIn) }),
  entry({ type: SecondStepResolver, create: ({ signInGate }) => new SecondStepResolver(signInGate) }),
  entry({ type: MfaResolver, create: ({ totpEnrollment }) => new MfaResolver(totpEnrollment) }),
  entry({ type: PasswordResolver, create: ({ passwords }) => new PasswordResolver(passwords) }),
  entry({ type: SessionResolver, create: ({ sessions, refresh }) => new SessionResolver(sessions, refresh) }),
  entry({ type: AuditResolver, create: ({ audit }) => new AuditResolver(audit) }),
  entry({ type: PostResolver, create: ({ posts }) => new PostResolver(posts) }),
  entry({ type: PostConnectionResolver, create: ({ posts }) => new PostConnectionResolver(posts) }),
  entry({
    type: DevMailboxResolver,
    create: ({ devMailbox }) => new DevMailboxResolver(devMailbox),
    developmentOnly: true,
  }),
]

/** Makes the compiler compare the class with what `create` returns. */
function entry<Resolver extends object>(resolver: ResolverEntry<Resolver>): ResolverEntry {
  return resolver
}

/** Creates the resolvers of the served schema. */
export function createResolvers(services: Services, config: Config): object[] {
  const entries = RESOLVERS.filter(
    ({ developmentOnly }) => !developmentOnly || config.development.mailbox !== 'off',
  )
  return entries.map(({ create }) => create(services, config))
}
