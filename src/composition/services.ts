import { type AccountServices, createAccountServices } from './account-services.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import type { KeySource } from '../core/token-keys.ts'
import { AuditResolver } from '../features/audit/audit-resolver.ts'
import { DevMailboxResolver } from '../features/dev-mailbox/dev-mailbox-resolver.ts'
import { DevMailboxService } from '../features/dev-mailbox/dev-mailbox-service.ts'
import { PostConnectionResolver, PostResolver } from '../features/posts/post-resolver.ts'
import { PostService } from '../features/posts/post-service.ts'
import { type SharedServices, createSharedServices } from './shared-services.ts'
import { type SessionServices, createSessionServices } from './session-services.ts'

/** What the server needs of the features. */
export interface Services
  extends
    Omit<SharedServices, 'loginGuard' | 'devices' | 'identifyRequester'>,
    Pick<SessionServices, 'accessTokens' | 'callers' | 'sessionWatch' | 'introspection'>,
    Pick<AccountServices, 'administration' | 'totpSecrets'> {
  /** What was sent, for the page that shows it in development; null where there is none. */
  readonly devMailbox: DevMailboxService | null
  /** Ready resolver instances. */
  readonly resolvers: readonly object[]
}

/**
 * The features on their ports. Constants in order: a circle between services cannot be written.
 * `issuer`: `iss` of access tokens; `keys` sign them.
 */
export function createServices(
  config: Config,
  adapters: Adapters,
  signing: { readonly issuer: string; readonly keys: KeySource },
): Services {
  const { now, random } = adapters
  const sharedServices = createSharedServices(config, adapters)
  const sessions = createSessionServices(config, adapters, sharedServices, signing)
  const accounts = createAccountServices(config, adapters, sharedServices, sessions)
  const posts = new PostService({ posts: adapters.posts, random, now })
  const devMailbox = config.development.mailbox === 'off' ? null : new DevMailboxService(adapters.devMailbox)
  return {
    ...sharedServices,
    ...sessions,
    devMailbox,
    administration: accounts.administration,
    totpSecrets: accounts.totpSecrets,
    resolvers: [
      ...accounts.resolvers,
      sessions.resolver,
      new AuditResolver(sharedServices.audit),
      new PostResolver(posts),
      new PostConnectionResolver(posts),
      ...(devMailbox ? [new DevMailboxResolver(devMailbox)] : []),
    ],
  }
}
