import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApiKeys } from '../../../src/adapters/database/api-keys.ts'
import { createAuditEvents } from '../../../src/adapters/database/audit-events.ts'
import type { Database } from '../../../src/adapters/database/database.ts'
import { createExpiredRows } from '../../../src/adapters/database/expired-rows.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createOutbox } from '../../../src/adapters/database/outbox.ts'
import { createPostLists } from '../../../src/adapters/database/post-lists.ts'
import { createSecondFactors } from '../../../src/adapters/database/second-factors.ts'
import { createSessions } from '../../../src/adapters/database/sessions.ts'
import { createUsers } from '../../../src/adapters/database/users.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { PostSelection } from '../../../src/ports/posts.ts'
import { BACKENDS, describeOn, freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { explain, recordStatements, type QueryPlan } from '../../support/query-plans.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { seedRows } from './seed-rows.ts'

const AT = new Date(Date.UTC(2030, 0, 1))
const ALL: PostSelection = {
  viewer: { id: 'user7', isAdministrator: false },
  authorId: null,
  words: null,
  published: null,
}
const ADMINISTRATOR = { id: 'user7', isAdministrator: true }
const PAGE = { direction: 'descending', after: { at: AT, id: 'post7' }, before: null, limit: 21 } as const
const PARTS = { content: true, author: true }

describeOn(
  BACKENDS.filter(({ store }) => store === 'database'),
  'the plans of list queries',
  (backend) => {
    const folder = temporaryFolder()
    let database: Database
    let explaining: Database
    beforeAll(async () => {
      const url = await freshDatabase(backend.database, folder)
      await seedRows(url)
      database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
      explaining = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
    })
    afterAll(async () => {
      await database.close()
      await explaining.close()
      removeFolder(folder)
    })

    /** The plans of the statements that some work runs. */
    async function explainWork(work: (recorded: Database) => Promise<unknown>): Promise<QueryPlan[]> {
      const recorded = recordStatements(database)
      await work(recorded)
      expect(recorded.statements.length).toBeGreaterThan(0)
      return Promise.all(recorded.statements.map((statement) => explain(explaining, statement)))
    }

    /** The indexes that at least one asserted statement uses. */
    const used = new Set<string>()
    /** Asserts which indexes the work uses, and that it reads no table from start to end. */
    async function expectIndexes(
      work: (recorded: Database) => Promise<unknown>,
      indexes: readonly string[],
      title = '',
    ): Promise<void> {
      const plans = await explainWork(work)
      const text = `${title}\n${plans.map((plan) => plan.text).join('\n')}`
      const tables = [
        'p',
        'u',
        's',
        'posts',
        'users',
        'sessions',
        'api_keys',
        'audit_events',
        'outgoing_messages',
      ]
      expect(
        plans.flatMap(({ scanned }) => scanned.filter((name) => tables.includes(name))),
        text,
      ).toEqual([])
      const found = new Set(plans.flatMap((plan) => plan.indexes))
      for (const name of found) used.add(name)
      for (const name of indexes) expect([...found], text).toContain(name)
    }

    const selections: [string, Partial<PostSelection>, string[]][] = [
      ['all', {}, ['posts_published_created_at_id_idx', 'posts_author_id_published_created_at_id_idx']],
      ['published ones', { published: true }, ['posts_published_created_at_id_idx']],
      ['own drafts', { published: false }, ['posts_author_id_published_created_at_id_idx']],
      ['those of another author', { authorId: 'user8' }, ['posts_author_id_published_created_at_id_idx']],
      ['own ones', { authorId: 'user7' }, ['posts_author_id_published_created_at_id_idx']],
      ['all drafts', { viewer: ADMINISTRATOR, published: false }, ['posts_published_created_at_id_idx']],
      ['all with all drafts', { viewer: ADMINISTRATOR }, ['posts_published_created_at_id_idx']],
    ]
    const pages = (['ascending', 'descending'] as const).flatMap((direction) =>
      ([{ after: null }, {}, { before: { at: new Date(0), id: 'x' } }] as const).map((bounds) => ({
        ...PAGE,
        direction,
        ...bounds,
      })),
    )

    it.each(selections)(
      'of posts read one range of an index in its order: %s (SR-243)',
      async (_title, some, indexes) => {
        for (const page of pages) {
          const selection = { ...ALL, ...some }
          const [plan] = await explainWork((recorded) =>
            createPostLists(recorded).list(selection, page, PARTS),
          )
          await expectIndexes((recorded) => createPostLists(recorded).list(selection, page, PARTS), indexes)
          // Only the rows of a page are sorted: never what a range of an index returns.
          expect(plan?.text).not.toMatch(/USING COVERING INDEX.*\n.*TEMP B-TREE/)
          expect(plan?.text.match(/Sort$/gm) ?? [], plan?.text).toHaveLength(
            backend.database === 'sqlite' ? 0 : 1,
          )
          if (page.after && backend.database === 'sqlite')
            expect(plan?.text).toMatch(/\(created_at,id\)[<>]\(\?,\?\)/)
          if (page.after && backend.database === 'postgresql')
            expect(plan?.text).toMatch(/Index Cond: .*ROW\(created_at, id\)/)
        }
        // PostgreSQL may read the table instead, as far as the limit.
        const [count] = await explainWork((recorded) => createPostLists(recorded).count({ ...ALL, ...some }))
        if (backend.database === 'sqlite') expect(count?.text).not.toMatch(/SCAN p\b/)
        else expect(count?.text).toMatch(/->\s+Limit/)
      },
    )

    it('of searches use the index of words (SR-243)', async () => {
      for (const words of [['every'], ['rare7'], ['nothing'], ['every', 'rare7']]) {
        const selection = { ...ALL, words }
        for (const work of [
          (recorded: Database) => createPostLists(recorded).list(selection, PAGE, PARTS),
          (recorded: Database) => createPostLists(recorded).count(selection),
        ]) {
          const [plan] = await explainWork(work)
          if (backend.database === 'sqlite') {
            expect(plan?.text).toMatch(/post_search VIRTUAL TABLE|s VIRTUAL TABLE/)
            expect(plan?.scanned.filter((name) => name === 'p' || name === 'k2')).toEqual([])
          } else if (words.length > 1 || words[0] !== 'every') {
            expect(plan?.indexes, plan?.text).toContain('posts_search_words_idx')
            expect(plan?.scanned, plan?.text).toEqual([])
            used.add('posts_search_words_idx')
          }
        }
      }
    })

    it('of sessions, API keys, audit events and messages use an index each (SR-243)', async () => {
      const range = { after: 'session1', to: 'session2' }
      await expectIndexes(
        (recorded) => createSessions(recorded).listActive('user7', AT),
        ['sessions_user_id_idx'],
      )
      await expectIndexes(
        (recorded) => createSessions(recorded).revokeAll('nobody', 'REVOKED', { now: AT, endedSince: AT }),
        ['sessions_user_id_idx'],
      )
      await expectIndexes(
        (recorded) => createApiKeys(recorded).list('user7', AT, 10),
        ['api_keys_user_id_idx'],
      )
      await expectIndexes(
        (recorded) => createAuditEvents(recorded).list('user7', PAGE),
        ['audit_events_user_id_at_id_idx'],
      )
      await expectIndexes(
        (recorded) => createAuditEvents(recorded).removeBefore(new Date(0), 10),
        ['audit_events_at_idx'],
      )
      await expectIndexes(
        (recorded) => createOutbox(recorded).claim(new Date(0), AT, 10),
        ['outgoing_messages_due_at_idx'],
      )
      await expectIndexes(
        (recorded) => createExpiredRows(recorded).removeEndedSessions(range, new Date(0)),
        [],
      )
      await expectIndexes(
        (recorded) => createExpiredRows(recorded).findPendingAccounts(range, new Date(0)),
        [],
      )
      await expectIndexes((recorded) => createExpiredRows(recorded).nextRange('accounts', 'user7', 50), [])
      await expectIndexes(
        (recorded) => createExpiredRows(recorded).removeExpiredChanges(range, new Date(0)),
        [],
      )
      await expectIndexes((recorded) => createUsers(recorded).findById('user7'), [])
      await expectIndexes(
        (recorded) => createUsers(recorded).listNewest({ status: null, createdBefore: AT, limit: 50 }),
        ['users_created_at_id_idx'],
      )
      await expectIndexes(
        (recorded) => createUsers(recorded).listNewest({ status: 'SUSPENDED', createdBefore: AT, limit: 50 }),
        ['users_status_created_at_id_idx'],
      )
      await expectIndexes(
        (recorded) => createSecondFactors(recorded).find('user7'),
        ['recovery_codes_user_id_idx'],
      )
    })

    it('read neither contents nor authors that were not requested (SR-247)', async () => {
      const recorded = recordStatements(database)
      const [post] = await createPostLists(recorded).list(ALL, PAGE, { content: false, author: false })
      expect(post).toMatchObject({ content: null, author: null })
      expect(recorded.statements[0]?.sql).not.toMatch(/content|users/)
      const [full] = await createPostLists(recorded).list(ALL, PAGE, PARTS)
      expect([full?.content, full?.author?.status]).toEqual([expect.stringMatching(/^every rare/), 'ACTIVE'])
    })

    it('count no more than 10,000 posts, with and without words (SR-245)', async () => {
      const lists = createPostLists(database)
      const bounded = { total: 10_000, isExact: false }
      const exact = { total: 2, isExact: true }
      expect(await lists.count(ALL)).toEqual(bounded)
      expect(await lists.count({ ...ALL, words: ['every'] })).toEqual(bounded)
      expect(
        await lists.count({ ...ALL, published: false, viewer: { id: 'user5', isAdministrator: false } }),
      ).toEqual(exact)
      expect(
        await lists.count({
          ...ALL,
          published: false,
          viewer: { id: 'user5', isAdministrator: false },
          words: ['every'],
        }),
      ).toEqual(exact)
      expect(await lists.count({ ...ALL, published: false, authorId: 'user8' })).toEqual({
        total: 0,
        isExact: true,
      })
    })

    // After the plans above.
    it('use each index that is not unique, except in model queries (SR-243)', async () => {
      const names =
        backend.database === 'sqlite'
          ? await database.prisma.$queryRaw<{ name: string }[]>`
              SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE '%idx'`
          : await database.prisma.$queryRaw<{ name: string }[]>`
              SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE '%idx'`
      const unused = names.map(({ name }) => name).filter((name) => !used.has(name))
      // A model query reads the changes of an account, and a timer deletes expired state.
      expect(unused.sort()).toEqual([
        'account_changes_user_id_security_stamp_idx',
        'state_entries_expires_at_idx',
      ])
    })
  },
)
