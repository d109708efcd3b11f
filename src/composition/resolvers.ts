import type { GraphQLSchema } from 'graphql'
import type { Config } from '../config/config.ts'
import { AccountResolver } from '../features/accounts/account-resolver.ts'
import { ApiKeyResolver } from '../features/api-keys/api-key-resolver.ts'
import { AuditResolver } from '../features/audit/audit-resolver.ts'
import { DevMailboxResolver } from '../features/dev-mailbox/dev-mailbox-resolver.ts'
import { EntityResolver, SubgraphResolver } from '../features/federation/entity-resolver.ts'
import { MfaResolver } from '../features/mfa/mfa-resolver.ts'
import { NodeResolver } from '../features/nodes/node-resolver.ts'
import { OtpResolver } from '../features/otp/otp-resolver.ts'
import { PasswordResolver } from '../features/passwords/password-resolver.ts'
import { PostConnectionResolver, PostResolver } from '../features/posts/post-resolver.ts'
import { UndoResolver } from '../features/recovery/undo-resolver.ts'
import { SessionResolver } from '../features/sessions/session-resolver.ts'
import { CodeSignInResolver } from '../features/sign-in/code-sign-in-resolver.ts'
import { PasswordSignInResolver } from '../features/sign-in/password-sign-in-resolver.ts'
import { SecondStepResolver } from '../features/sign-in/second-step-resolver.ts'
import { createSchema, printSortedSchema } from '../graphql/schema/schema.ts'
import { printSubgraphSchema } from '../graphql/schema/subgraph-sdl.ts'
import type { Services } from './services.ts'

/** A resolver class and how it is created. */
interface ResolverEntry<Resolver extends object = object> {
  readonly type: { readonly prototype: Resolver }
  readonly create: (services: Services, config: Config) => Resolver
  /** Settings with which the resolver is served; absent: all. Only those are part of `schema.graphql`. */
  readonly isServed?: (config: Config) => boolean
}

/** Every resolver of the schema. */
export const RESOLVERS: readonly ResolverEntry[] = [
  entry({
    type: AccountResolver,
    create: ({ accounts, phoneNumbers }, { development }) =>
      new AccountResolver(accounts, phoneNumbers, development.exposeOtpCode),
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
  entry({ type: UndoResolver, create: ({ undo }) => new UndoResolver(undo) }),
  entry({ type: SessionResolver, create: ({ sessions, refresh }) => new SessionResolver(sessions, refresh) }),
  entry({ type: ApiKeyResolver, create: ({ apiKeys, apiTokens }) => new ApiKeyResolver(apiKeys, apiTokens) }),
  entry({ type: AuditResolver, create: ({ audit }) => new AuditResolver(audit) }),
  entry({ type: PostResolver, create: ({ posts }) => new PostResolver(posts) }),
  entry({ type: PostConnectionResolver, create: () => new PostConnectionResolver() }),
  entry({ type: NodeResolver, create: ({ nodes }) => new NodeResolver(nodes) }),
  entry({
    type: DevMailboxResolver,
    create: ({ devMailbox }) => new DevMailboxResolver(devMailbox),
    isServed: ({ development }) => development.mailbox !== 'off',
  }),
  entry({
    type: EntityResolver,
    create: ({ entities }) => new EntityResolver(entities),
    isServed: ({ server }) => server.subgraph,
  }),
  entry({
    type: SubgraphResolver,
    create: (_services, config) => new SubgraphResolver(printSubgraph(config)),
    isServed: ({ server }) => server.subgraph && server.environment !== 'production',
  }),
]

/** Makes the compiler compare the class with what `create` returns. */
function entry<Resolver extends object>(resolver: ResolverEntry<Resolver>): ResolverEntry {
  return resolver
}

/** Creates the resolvers of the served schema. */
export function createResolvers(services: Services, config: Config): object[] {
  const entries = RESOLVERS.filter(({ isServed }) => isServed?.(config) ?? true)
  return entries.map(({ create }) => create(services, config))
}

/**
 * The schema that every gateway serves, on resolvers without services. Settings add fields that are not for
 * clients: `devOutbox`, and those of a subgraph.
 */
export function buildClientSchema(): GraphQLSchema {
  const entries = RESOLVERS.filter(({ isServed }) => !isServed)
  return createSchema(entries.map(({ type }) => Object.create(type.prototype) as object))
}

/** Prints the schema of clients, sorted. */
export function printClientSchema(): string {
  return printSortedSchema(buildClientSchema())
}

/** Prints the schema as a subgraph, with the scopes of the settings. */
export function printSubgraph({ server: { subgraphAccess }, session: { roleScopes } }: Config): string {
  return printSubgraphSchema(buildClientSchema(), subgraphAccess ? roleScopes : null)
}
