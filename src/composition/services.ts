import type { Config } from '../config/config.ts'
import type { KeySource } from '../core/token-keys.ts'
import { DevMailboxService } from '../features/dev-mailbox/dev-mailbox-service.ts'
import { PostService } from '../features/posts/post-service.ts'
import { createAccountServices, type AccountServices } from './account-services.ts'
import type { Adapters } from './adapters.ts'
import { createSessionServices, type SessionServices } from './session-services.ts'
import { createSharedServices, type SharedServices } from './shared-services.ts'

/** The services of all features. */
export interface Services extends SharedServices, SessionServices, AccountServices {
  readonly posts: PostService
  /** The messages that development shows. */
  readonly devMailbox: DevMailboxService
}

/**
 * Creates the services on their ports, in order, so that two services cannot depend on each other.
 * `issuer`: `iss` of access tokens; `keys` sign them.
 */
export function createServices(
  config: Config,
  adapters: Adapters,
  signing: { readonly issuer: string; readonly keys: KeySource },
): Services {
  const { now, random } = adapters
  const shared = createSharedServices(config, adapters)
  const sessions = createSessionServices(config, adapters, shared, signing)
  const accounts = createAccountServices(config, adapters, shared, sessions)
  return {
    ...shared,
    ...sessions,
    ...accounts,
    posts: new PostService({ posts: adapters.posts, users: adapters.users, random, now }),
    devMailbox: new DevMailboxService(adapters.devMailbox),
  }
}
