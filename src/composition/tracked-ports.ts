import { createAccountChanges } from '../adapters/database/account-changes.ts'
import type { Database } from '../adapters/database/database.ts'
import type { ReadReplica } from '../adapters/database/read-replica.ts'
import { createPosts } from '../adapters/database/posts.ts'
import { createSecondFactors } from '../adapters/database/second-factors.ts'
import { createSessions } from '../adapters/database/sessions.ts'
import { createUsers } from '../adapters/database/users.ts'
import {
  ACCOUNT_CHANGE_CHANGES,
  POST_CHANGES,
  SECOND_FACTOR_CHANGES,
  SESSION_CHANGES,
  USER_CHANGES,
} from '../features/caching/changes.ts'
import type { Generations } from '../features/caching/generations.ts'
import { trackChanges } from '../features/caching/tracked-port.ts'
import type { AccountChanges } from '../ports/account-changes.ts'
import type { Posts } from '../ports/posts.ts'
import type { SecondFactors } from '../ports/second-factors.ts'
import type { Sessions } from '../ports/sessions.ts'
import type { Users } from '../ports/users.ts'
import type { TraceRepository } from './traced-ports.ts'

/** The ports to data that is cached. */
export interface TrackedPorts {
  readonly users: Users
  readonly accountChanges: AccountChanges
  readonly sessions: Sessions
  readonly secondFactors: SecondFactors
  readonly posts: Posts
}

/** What the ports are created from. */
export interface TrackedPortSources {
  readonly database: Database
  readonly replica: ReadReplica | null
  /** Adds spans to a repository of this name, if any are recorded. */
  readonly trace: TraceRepository
}

/**
 * Creates the ports whose changes raise generations, whether or not this process caches anything: another
 * node, or a command of an operator, must never leave a cached value behind. Changes of accounts are urgent:
 * a suspension or a sign-out must not depend on a cache.
 */
export function createTrackedPorts(
  { database, replica, trace }: TrackedPortSources,
  generations: Generations,
): TrackedPorts {
  return {
    users: trackChanges(
      trace('users', createUsers(database)),
      { changes: USER_CHANGES, urgent: true },
      generations,
    ),
    accountChanges: trackChanges(
      trace('accountChanges', createAccountChanges(database)),
      { changes: ACCOUNT_CHANGE_CHANGES, urgent: true },
      generations,
    ),
    sessions: trackChanges(
      trace('sessions', createSessions(database)),
      { changes: SESSION_CHANGES, urgent: true },
      generations,
    ),
    secondFactors: trackChanges(
      trace('secondFactors', createSecondFactors(database)),
      { changes: SECOND_FACTOR_CHANGES, urgent: true },
      generations,
    ),
    posts: trackChanges(
      trace('posts', createPosts(database, replica)),
      { changes: POST_CHANGES, urgent: false },
      generations,
    ),
  }
}
