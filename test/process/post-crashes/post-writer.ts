import { writeSync } from 'node:fs'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createPosts } from '../../../src/adapters/database/posts.ts'
import type { SignedInCaller } from '../../../src/core/caller.ts'
import { tolerateOutage } from '../../../src/core/errors.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { PostPages } from '../../../src/features/posts/post-pages.ts'
import { PostService } from '../../../src/features/posts/post-service.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { DELETION, formatLine, writeVersion } from './written-posts.ts'

// A process that writes posts until it is killed: `post-writer.js <url> <id of the author> <name>`. It has
// the real service and database, and no HTTP: it starts in half the time of a gateway. Each line is written
// synchronously before a step begins and after it was acknowledged, so that a kill loses none.
const [, , url = '', userId = '', name = ''] = process.argv
const LOOPS = 4
const database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
const rows = createPosts(database)
const posts = new PostService({
  posts: rows,
  pages: new PostPages({ posts: rows, cache: null }),
  // Its thread would take longer to start than most of these processes live.
  markdown: { render: async (html) => ({ html, withinBounds: true }) },
  quota: { posts: 1_000_000, bytes: 1_000_000_000 },
  random: systemRandom,
  now: Date.now,
})
const caller = { kind: 'signed-in', userId, roles: ['USER'] } as unknown as SignedInCaller

await Promise.all(Array.from({ length: LOOPS }, (_, loop) => writeForever(loop)))

async function writeForever(loop: number): Promise<void> {
  for (let count = 0; ; count += 1)
    // On a slow machine a step can time out: like after a kill, it may be stored or not.
    await tolerateOutage(writePost(`${name}-${loop}-${count}`, count % 2 === 0))
}

/** Creates a post, changes it three times and deletes it, if it is not to stay. */
async function writePost(key: string, stays: boolean): Promise<void> {
  const { id } = await step(key, 1, () => posts.create(caller, writeVersion(key, 1)))
  for (const version of [2, 3, 4])
    await step(key, version, () => posts.update(caller, id, writeVersion(key, version)))
  if (!stays) await step(key, DELETION, () => posts.delete(caller, id, null))
}

async function step<Result>(key: string, version: number, write: () => Promise<Result>): Promise<Result> {
  writeSync(1, formatLine('begun', key, version))
  const result = await write()
  writeSync(1, formatLine('done', key, version))
  return result
}
