import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccountChanges } from '../../../src/adapters/database/account-changes.ts'
import { createApiKeys } from '../../../src/adapters/database/api-keys.ts'
import { createAuditEvents } from '../../../src/adapters/database/audit-events.ts'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createPosts } from '../../../src/adapters/database/posts.ts'
import { createSecondFactors } from '../../../src/adapters/database/second-factors.ts'
import { createSessions } from '../../../src/adapters/database/sessions.ts'
import { createUsers } from '../../../src/adapters/database/users.ts'
import { createDatabaseStore } from '../../../src/adapters/state-store/database.ts'
import type { EmailAddress } from '../../../src/core/email-address.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const NOW = new Date()
const TIMES = { now: NOW, endedSince: NOW }
const ACCOUNT = 'account'
const VIEWER = { id: ACCOUNT, isAdministrator: false }
const SELECTION = { viewer: VIEWER, authorId: null, words: null, published: null }
const PAGE = { direction: 'descending', after: null, before: null, limit: 20 } as const
const REFERENCE = { id: 'post', viewer: VIEWER, expectedUpdatedAt: null }
const QUOTA = { posts: 10, bytes: 10_000 }
const POST = { id: 'post', authorId: ACCOUNT, title: 'A', content: 'B', published: true, now: NOW }
const EMAIL = 'person@example.com' as EmailAddress

/** Work of one caller, and whose share it uses. */
type Work = (database: Database) => Promise<unknown>

const WORK: Readonly<Record<string, readonly [callerId: string, work: Work]>> = {
  'posts.list': [ACCOUNT, (d) => createPosts(d).list(SELECTION, PAGE, { content: true, author: true })],
  'posts.count': [ACCOUNT, (d) => createPosts(d).count(SELECTION)],
  'posts.find': [ACCOUNT, (d) => createPosts(d).find('post', VIEWER)],
  'posts.findSome': [ACCOUNT, (d) => createPosts(d).findSome(['post'], VIEWER)],
  'posts.create': [ACCOUNT, (d) => createPosts(d).create(POST, QUOTA)],
  'posts.update': [ACCOUNT, (d) => createPosts(d).update(REFERENCE, { title: 'C' }, QUOTA, NOW)],
  'posts.delete': [ACCOUNT, (d) => createPosts(d).delete(REFERENCE)],
  'sessions.find': ['session', (d) => createSessions(d).find('session')],
  'sessions.endReason': ['session', (d) => createSessions(d).endReason('session')],
  'sessions.listActive': [ACCOUNT, (d) => createSessions(d).listActive(ACCOUNT, NOW)],
  'sessions.revoke': [ACCOUNT, (d) => createSessions(d).revoke('session', ACCOUNT, 'REVOKED', NOW)],
  'sessions.revokeAll': [ACCOUNT, (d) => createSessions(d).revokeAll(ACCOUNT, 'LOGOUT_EVERYWHERE', TIMES)],
  'users.findByContact': [EMAIL, (d) => createUsers(d).findByContact({ channel: 'EMAIL', address: EMAIL })],
  'users.findCredentials': [EMAIL, (d) => createUsers(d).findCredentials(EMAIL)],
  'users.findCredentialsById': [ACCOUNT, (d) => createUsers(d).findCredentialsById(ACCOUNT)],
  'users.replacePasswordHash': [ACCOUNT, (d) => createUsers(d).replacePasswordHash(ACCOUNT, 'a', 'b', NOW)],
  'users.suspend': [ACCOUNT, (d) => createUsers(d).suspend(ACCOUNT, TIMES)],
  'users.reinstate': [ACCOUNT, (d) => createUsers(d).reinstate(ACCOUNT, NOW)],
  'users.setRoles': [ACCOUNT, (d) => createUsers(d).setRoles(ACCOUNT, ['USER'], NOW)],
  'apiKeys.list': [ACCOUNT, (d) => createApiKeys(d).list(ACCOUNT, NOW, 10)],
  'apiKeys.use': ['key', (d) => createApiKeys(d).use({ id: 'key', secretHashes: ['hash'] }, NOW, NOW)],
  'apiKeys.revoke': [ACCOUNT, (d) => createApiKeys(d).revoke('key', ACCOUNT, NOW)],
  'auditEvents.list': [ACCOUNT, (d) => createAuditEvents(d).list(ACCOUNT, PAGE)],
  'secondFactors.find': [ACCOUNT, (d) => createSecondFactors(d).find(ACCOUNT)],
  'secondFactors.enroll': [ACCOUNT, (d) => createSecondFactors(d).enroll(ACCOUNT, 'sealed', NOW)],
  'accountChanges.find': ['change', (d) => createAccountChanges(d).find('change', NOW)],
  'accountChanges.resetSecondFactor': [
    ACCOUNT,
    (d) => createAccountChanges(d).resetSecondFactor(ACCOUNT, TIMES),
  ],
  'store.set': ['code', (d) => useStore(d, (store) => store.set('code', 'value', 1000))],
  'store.take': ['code', (d) => useStore(d, (store) => store.take('code'))],
  'store.compareAndSet': ['code', (d) => useStore(d, (store) => store.compareAndSet('code', 'a', 'b', 1000))],
}

async function useStore(
  database: Database,
  use: (store: ReturnType<typeof createDatabaseStore>) => Promise<unknown>,
): Promise<void> {
  const store = createDatabaseStore({ database, now: Date.now })
  await use(store).finally(() => store.close())
}

describe('the work of one caller', () => {
  const folder = temporaryFolder()
  let database: Database
  beforeAll(async () => {
    database = await openDatabase(await freshDatabase('sqlite', folder), {
      log: SILENT_LOGGER,
      random: systemRandom,
    })
  })
  afterAll(async () => {
    await database.close()
    removeFolder(folder)
  })

  it.each(Object.entries(WORK))('uses the share of that caller: %s (SR-182)', async (_, [callerId, work]) => {
    const callers: (string | null)[] = []
    const recorded: Database = {
      ...database,
      run: (unlimited) => (callers.push(null), database.run(unlimited)),
      runFor: (caller, limited) => (callers.push(caller), database.runFor(caller, limited)),
    }
    // An account that does not exist: its posts and factors are refused, after the statement.
    await work(recorded).catch((error: unknown) => expect(error).toMatchObject({ code: 'UNAUTHENTICATED' }))
    expect(callers.length).toBeGreaterThan(0)
    expect(new Set(callers)).toEqual(new Set([callerId]))
  })
})
