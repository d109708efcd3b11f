import type { Config } from '../config/config.ts'
import type { KeySource } from '../core/token-keys.ts'
import { DAY_MS, MINUTE_MS } from '../core/duration.ts'
import { CleanupService } from '../features/cleanup/cleanup-service.ts'
import { DevMailboxService } from '../features/dev-mailbox/dev-mailbox-service.ts'
import { NodeService } from '../features/nodes/node-service.ts'
import { EntityService } from '../features/federation/entity-service.ts'
import { PostPages } from '../features/posts/post-pages.ts'
import { PostService } from '../features/posts/post-service.ts'
import { createApiKeyServices, type ApiKeyServices } from './api-key-services.ts'
import { createAccountServices, type AccountServices } from './account-services.ts'
import type { Adapters } from './adapters.ts'
import { createCaches, type Caches } from './caches.ts'
import { createSessionServices, type SessionServices } from './session-services.ts'
import { createSharedServices, type SharedServices } from './shared-services.ts'

/** The services of all features. */
export interface Services extends SharedServices, SessionServices, ApiKeyServices, AccountServices {
  readonly caches: Caches
  readonly posts: PostService
  readonly nodes: NodeService
  readonly entities: EntityService
  readonly cleanup: CleanupService
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
  const { now, random, posts } = adapters
  const caches = createCaches(config.cache, now, adapters.metrics)
  const pages = new PostPages({
    ...{ posts, cache: caches.posts },
    hasReplica: config.database.replicaUrl !== null,
  })
  const shared = createSharedServices(config, adapters)
  const sessions = createSessionServices(config, adapters, shared, { ...signing, caches })
  const accounts = createAccountServices(config, adapters, shared, sessions)
  const postService = new PostService({
    ...{ posts, pages, random, now },
    markdown: adapters.markdown,
    quota: config.posts,
  })
  return {
    caches,
    ...shared,
    ...sessions,
    ...createApiKeyServices(config, adapters, shared, sessions),
    ...accounts,
    posts: postService,
    nodes: new NodeService({ posts: postService, sessions: sessions.sessions }),
    entities: new EntityService({ users: adapters.users, posts: postService }),
    cleanup: createCleanup(config, adapters, accounts),
    devMailbox: new DevMailboxService(adapters.devMailbox),
  }
}

function createCleanup({ cleanup }: Config, adapters: Adapters, { otp }: AccountServices): CleanupService {
  const { store, metrics, log, random, now } = adapters
  return new CleanupService({
    ...{ store, metrics, log, random, now },
    rows: adapters.expiredRows,
    hasLiveCode: (contact) => otp.hasLiveCode(contact),
    intervalMs: cleanup.intervalMinutes * MINUTE_MS,
    pendingAccountMs: cleanup.pendingAccountDays * DAY_MS,
    endedSessionMs: cleanup.endedSessionDays * DAY_MS,
  })
}
