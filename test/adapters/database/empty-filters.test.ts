import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAdapters, type Adapters } from '../../../src/composition/adapters.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { createLog } from '../../../src/http/log.ts'
import { EXTREMES, describeOn } from '../../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../../support/gateway.ts'
import { CreatePostDocument, LogoutDocument, MeDocument } from '../../generated/graphql.ts'

const UNBOUNDED = { posts: 1_000_000, bytes: 1_000_000 }

describeOn(EXTREMES, 'an empty filter', (backend) => {
  let gateway: TestGateway
  let adapters: Adapters
  const accounts: { token: string; postId: string }[] = []
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })
    const config = loadConfig({
      variables: gateway.environment,
      readFile: (path) => readFileSync(path, 'utf8'),
    })
    adapters = await openAdapters(config, createLog('silent'), { show: null })
    for (let index = 0; index < 3; index += 1) {
      const { accessToken: token } = await gateway.signUp(newAddress())
      const input = { title: 'A title', content: 'x', published: true }
      const { createPost } = await gateway.ask(CreatePostDocument, { input }, token)
      accounts.push({ token, postId: createPost.id })
    }
  })
  afterAll(async () => {
    await adapters.close()
    await gateway.close()
  })

  /** All users are still signed in, and no row was changed or deleted. */
  async function expectNoChange(): Promise<void> {
    for (const { token } of accounts)
      expect((await gateway.send(MeDocument, {}, { token })).code).toBeUndefined()
    const untouched = "SELECT id FROM users WHERE status = 'ACTIVE' AND roles LIKE '%USER%'"
    expect(await gateway.sql('SELECT id FROM posts')).toHaveLength(3)
    expect(await gateway.sql(untouched)).toHaveLength(3)
  }

  it.each([
    ['undefined', undefined],
    ['an empty text', ''],
    ['null', null],
    ['an object', {}],
  ])('of %s never matches all rows, on any port that changes rows (SR-122)', async (_what, value) => {
    const empty = value as string
    const now = new Date()
    const { sessions, users, posts } = adapters
    const viewer = { id: empty, isAdministrator: false }
    const administrator = { id: empty, isAdministrator: true }
    const taken = { title: 'taken' }
    const attempts = [
      () => posts.delete({ id: empty, viewer, expectedUpdatedAt: null }),
      () => posts.delete({ id: accounts[0]?.postId ?? '', viewer, expectedUpdatedAt: null }),
      () => posts.delete({ id: empty, viewer: administrator, expectedUpdatedAt: null }),
      () =>
        posts.update({ id: empty, viewer: administrator, expectedUpdatedAt: null }, taken, UNBOUNDED, now),
      () => posts.update({ id: empty, viewer, expectedUpdatedAt: null }, taken, UNBOUNDED, now),
      () => sessions.revokeAll(empty, 'REVOKED', { now, endedSince: now }),
      () => sessions.rotate(empty, 0, now, now),
      () => users.suspend(empty, { now, endedSince: now }),
      () => users.reinstate(empty, now),
      () => users.setRoles(empty, ['ADMIN'], now),
      () => users.replacePasswordHash(empty, empty, 'x', now),
      // With a null user id, a session is revoked by its id alone: an empty id matches none.
      ...(value === null ? [] : [() => sessions.revoke(empty, null, 'REVOKED', now)]),
    ]
    for (const attempt of attempts) await attempt().catch(() => undefined)
    await expectNoChange()
  })

  it('in a request never affects other users: sign-out without a token, empty ids and wildcards (SR-122)', async () => {
    for (const token of [undefined, '', 'x'])
      await gateway.send(LogoutDocument, { everywhere: true }, { token })
    const [{ token } = { token: '' }] = accounts
    for (const id of ['', ' ', '%', '*', 'null', 'undefined'])
      for (const name of ['deletePost', 'revokeSession'])
        expect(
          (
            await gateway.sendText(
              `mutation ($id: ID!) { ${name}(id: $id) { messageKey } }`,
              { id },
              { token },
            )
          ).code,
        ).toBe('NOT_FOUND')
    await expectNoChange()
  })
})

describe('statements that change many rows', () => {
  const folder = join(resolve(import.meta.dirname, '../../../src'), 'adapters/database')
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')

  it('all have a WHERE clause (SR-122)', () => {
    const calls = [...text.matchAll(/\.(?:deleteMany|updateMany)\(\{?\s*(\w*)/g)].map(([, first]) => first)
    expect(calls.length).toBeGreaterThan(5)
    expect(new Set(calls)).toEqual(new Set(['where']))
    // Locks and messages change nothing, and ON CONFLICT DO UPDATE changes the conflicting row only.
    const raw = [...text.matchAll(/(?:DELETE FROM|(?<!FOR |KEY |DO )UPDATE(?! OF| or)) [\s\S]*?`/g)].map(
      ([statement]) => statement,
    )
    expect(raw.filter((statement) => !/where/i.test(statement))).toEqual([])
  })
})
