import type { Posts } from '../../ports/posts.ts'
import type { Database } from './database.ts'
import { createPostChanges } from './post-changes.ts'
import { createPostLists } from './post-lists.ts'
import type { ReadReplica } from './read-replica.ts'

/** Posts in SQL. */
export function createPosts(database: Database, replica: ReadReplica | null = null): Posts {
  return { ...createPostLists(database, replica), ...createPostChanges(database) }
}
