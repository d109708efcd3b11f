import { type AccountServices, createAccountServices } from './account-services.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/load-config.ts'
import type { KeySource } from '../core/token-keys.ts'
import { AuditResolver } from '../features/audit/audit-resolver.ts'
import { OutboxResolver } from '../features/dev-mailbox/dev-mailbox-resolver.ts'
import { OutboxService } from '../features/dev-mailbox/dev-mailbox-service.ts'
import { PostConnectionResolver, PostResolver } from '../features/posts/post-resolver.ts'
import { PostService } from '../features/posts/post-service.ts'
import { type Foundations, createFoundations } from './shared-services.ts'
import { type SessionServices, createSessionServices } from './session-services.ts'

/** What the server needs of the features. */
export interface Services
  extends
    Omit<Foundations, 'loginGuard' | 'devices' | 'visitorOf'>,
    Pick<SessionServices, 'accessTokens' | 'callers' | 'sessionWatch' | 'introspection'>,
    Pick<AccountServices, 'administration' | 'totpSecrets'> {
  /** What was sent, for the page that shows it in development; null where there is none. */
  readonly outbox: OutboxService | null
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
  const foundations = createFoundations(config, adapters)
  const sessions = createSessionServices(config, adapters, foundations, signing)
  const accounts = createAccountServices(config, adapters, foundations, sessions)
  const posts = new PostService({ posts: adapters.posts, random, now })
  const outbox = config.devOutbox === 'off' ? null : new OutboxService(adapters.outbox)
  return {
    ...foundations,
    ...sessions,
    outbox,
    administration: accounts.administration,
    totpSecrets: accounts.totpSecrets,
    resolvers: [
      ...accounts.resolvers,
      sessions.resolver,
      new AuditResolver(foundations.audit),
      new PostResolver(posts),
      new PostConnectionResolver(posts),
      ...(outbox ? [new OutboxResolver(outbox)] : []),
    ],
  }
}
