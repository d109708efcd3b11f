import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS_AND_POOLER, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { DeletePostDocument } from '../generated/graphql.ts'
import { readStorage, tryCreate, tryUpdate, writePost, type Person } from './post-steps.ts'

const POSTS = 12
const KIB = 100
/** The size of the posts that these tests write fits with the title `A title`. */
const TITLE_BYTES = 7

describeOn(BACKENDS_AND_POOLER, 'the storage of an account', (backend) => {
  let gateway: TestGateway
  let sibling: TestGateway
  let author: Person
  beforeAll(async () => {
    const settings = {
      POSTS_PER_USER: String(POSTS),
      POST_STORAGE_KIB: String(KIB),
      RATE_LIMIT_SCALE: '1000',
    }
    gateway = await startGateway(backend, settings)
    sibling = await gateway.sibling()
    author = await gateway.signUp()
  })
  afterAll(async () => {
    await sibling.app.close()
    await gateway.close()
  })

  /** Fills an account with posts of this many bytes; returns their ids. */
  async function fill(person: Person, count: number, bytes: number): Promise<string[]> {
    const ids: string[] = []
    for (let index = 0; index < count; index += 1)
      ids.push((await writePost(gateway, person, { content: 'x'.repeat(bytes - TITLE_BYTES) })).id)
    return ids
  }
  const remove = (person: Person, id: string) => gateway.ask(DeletePostDocument, { id }, person.accessToken)
  async function expectExact(person: Person) {
    const { counted, stored } = await readStorage(gateway, person.user.id)
    expect(counted).toEqual(stored)
    return counted
  }

  it('has room for one of 20 concurrent posts when one place is left (SR-229)', async () => {
    const [first = ''] = await fill(author, POSTS - 1, 100)
    for (let round = 0; round < 3; round += 1) {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => tryCreate(index % 2 === 0 ? gateway : sibling, author)),
      )
      const created = results.flatMap(({ data }) => (data ? [data.createPost.id] : []))
      expect(created).toHaveLength(1)
      expect((await expectExact(author)).count).toBe(POSTS)
      for (const { errors } of results.filter(({ code }) => code !== undefined))
        expect(errors[0]?.extensions).toMatchObject({
          code: 'QUOTA_EXCEEDED',
          messageKey: 'QUOTA_EXCEEDED_TOO_MANY_POSTS',
          limit: POSTS,
        })
      await remove(author, created[0] ?? '')
    }
    await remove(author, first)
    expect((await expectExact(author)).count).toBe(POSTS - 2)
    // A full account can still change its posts.
    const ids = await fill(author, 2, 10)
    expect((await tryCreate(gateway, author)).code).toBe('QUOTA_EXCEEDED')
    expect(
      (await tryUpdate(gateway, author, ids[0] ?? '', { content: 'longer than before' })).code,
    ).toBeUndefined()
  })

  it('counts the bytes of UTF-8, also of concurrent posts and changes (SR-229)', async () => {
    const person = await gateway.signUp()
    const ids = await fill(person, 5, 20_000)
    const left = KIB * 1024 - 5 * 20_000
    const growth = 1000
    const grow = (index: number) =>
      tryUpdate(index % 2 === 0 ? gateway : sibling, person, ids[index % 5] ?? '', {
        content: 'é'.repeat((20_000 + growth - TITLE_BYTES) / 2) + 'x',
      })
    // Each of five posts can grow once, and there is room for the growth of two.
    const results = await Promise.all([
      ...Array.from({ length: 15 }, (_, index) => grow(index)),
      ...Array.from({ length: 5 }, () => tryCreate(gateway, person, 'x'.repeat(2000))),
    ])
    expect(left).toBe(2400)
    const refusals = results.filter(({ code }) => code !== undefined)
    expect(refusals.length).toBeGreaterThan(0)
    for (const { errors } of refusals)
      expect(errors[0]?.extensions).toMatchObject({
        code: 'QUOTA_EXCEEDED',
        messageKey: 'QUOTA_EXCEEDED_TOO_MANY_BYTES',
        limit: KIB * 1024,
      })
    const { bytes } = await expectExact(person)
    expect(bytes).toBeLessThanOrEqual(KIB * 1024)
    expect(bytes).toBeGreaterThanOrEqual(KIB * 1024 - 2000)
  })

  it('is full to the byte, and free again after a deletion or a shorter text (SR-229)', async () => {
    const person = await gateway.signUp()
    const [first = '', second = ''] = await fill(person, 5, 20_000)
    const rest = KIB * 1024 - 5 * 20_000
    expect((await tryCreate(gateway, person, 'x'.repeat(rest - TITLE_BYTES + 1))).code).toBe('QUOTA_EXCEEDED')
    expect((await tryCreate(gateway, person, 'x'.repeat(rest - TITLE_BYTES))).code).toBeUndefined()
    expect((await expectExact(person)).bytes).toBe(KIB * 1024)
    const longer = await tryUpdate(gateway, person, first, { title: 'A title!' })
    expect(longer.code).toBe('QUOTA_EXCEEDED')
    expect((await tryUpdate(gateway, person, first, { title: 'A tytle' })).code).toBeUndefined()
    expect((await tryUpdate(gateway, person, first, { published: false })).code).toBeUndefined()
    expect((await tryUpdate(gateway, person, first, { content: 'short' })).code).toBeUndefined()
    expect((await tryUpdate(gateway, person, second, { title: 'A title!' })).code).toBeUndefined()
    await remove(person, second)
    await expectExact(person)
    expect((await tryCreate(gateway, person, 'x'.repeat(19_000))).code).toBeUndefined()
  })

  it('counts a change by an administrator for the author (SR-229)', async () => {
    const [person, admin] = [await gateway.signUp(), await gateway.signUp()]
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
    const [id = ''] = await fill(person, 5, 20_000)
    const longer = 'é'.repeat(15_000)
    expect((await tryUpdate(gateway, admin, id, { content: longer })).code).toBe('QUOTA_EXCEEDED')
    await tryUpdate(gateway, admin, id, { content: 'short' })
    expect((await expectExact(person)).bytes).toBe(4 * 20_000 + TITLE_BYTES + 5)
    expect(await expectExact(admin)).toEqual({ count: 0, bytes: 0 })
  })

  it('counts posts that nodes of an earlier version write, and goes with the account (SR-229)', async () => {
    const person = await gateway.signUp()
    const { id } = person.user
    await gateway.sql(`
      INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
      SELECT 'by hand ' || id, id, 'Title', 'é', TRUE, created_at, updated_at FROM users WHERE id = '${id}'`)
    expect(await expectExact(person)).toEqual({ count: 1, bytes: 7 })
    await gateway.sql(`UPDATE posts SET content = 'longer' WHERE author_id = '${id}'`)
    expect(await expectExact(person)).toEqual({ count: 1, bytes: 11 })
    await gateway.sql(`UPDATE posts SET author_id = '${author.user.id}' WHERE author_id = '${id}'`)
    expect(await expectExact(person)).toEqual({ count: 0, bytes: 0 })
    await expectExact(author)
    await writePost(gateway, person)
    await gateway.sql(`DELETE FROM users WHERE id = '${id}'`)
    expect(await gateway.sql(`SELECT id FROM posts WHERE author_id = '${id}'`)).toEqual([])
  })
})
