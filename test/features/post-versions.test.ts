import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { DeletePostDocument, PostDocument } from '../generated/graphql.ts'
import { tryUpdate, writePost, type Person } from './post-steps.ts'

describeOnEveryBackend('versions of a post', (backend) => {
  let gateway: TestGateway
  let sibling: TestGateway
  let author: Person
  let time = Date.now()
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' }, { now: () => time })
    sibling = await gateway.sibling()
    author = await gateway.signUp()
  })
  afterAll(async () => {
    await sibling.app.close()
    await gateway.close()
  })

  const read = async (id: string) => (await gateway.ask(PostDocument, { id }, author.accessToken)).post
  const remove = (id: string, expectedUpdatedAt: string, node = gateway) =>
    node.send(DeletePostDocument, { id, expectedUpdatedAt }, { token: author.accessToken })

  it('reject a change of an outdated one with the current one, and change nothing (SR-228)', async () => {
    const { id, updatedAt } = await writePost(gateway, author, { published: false })
    const first = await tryUpdate(gateway, author, id, { title: 'First', expectedUpdatedAt: updatedAt })
    const second = await tryUpdate(sibling, author, id, { title: 'Second', expectedUpdatedAt: updatedAt })
    const current = {
      id,
      title: 'First',
      content: 'Some content',
      published: false,
      updatedAt: first.data?.updatePost.updatedAt,
    }
    expect(second.errors[0]).toMatchObject({
      message: expect.stringContaining('changed after you opened it') as string,
      extensions: {
        code: 'CONFLICT',
        messageKey: 'CONFLICT_OUTDATED_VERSION',
        reason: 'OUTDATED_VERSION',
        current,
      },
    })
    expect((await remove(id, updatedAt)).errors[0]?.extensions).toMatchObject({ code: 'CONFLICT', current })
    expect(await read(id)).toMatchObject(current)
    const merged = { title: 'Merged', expectedUpdatedAt: current.updatedAt ?? '' }
    expect((await tryUpdate(gateway, author, id, merged)).data?.updatePost.title).toBe('Merged')
    expect((await remove(id, (await read(id)).updatedAt)).data?.deletePost.postId).toBe(id)
    expect((await remove(id, updatedAt)).code).toBe('NOT_FOUND')
  })

  it('let one of 20 concurrent changes of the same one succeed, each time (SR-228)', async () => {
    const { id, ...created } = await writePost(gateway, author)
    let version = created.updatedAt
    for (let round = 0; round < 5; round += 1) {
      const attempts = Array.from({ length: 20 }, (_, index) =>
        tryUpdate(index % 2 === 0 ? gateway : sibling, author, id, {
          title: `Round ${round}, attempt ${index}`,
          expectedUpdatedAt: version,
        }),
      )
      const results = await Promise.all(attempts)
      const winners = results.flatMap(({ data }) => (data ? [data.updatePost] : []))
      const refused = results.filter(({ code }) => code === 'CONFLICT')
      expect([winners.length, refused.length]).toEqual([1, 19])
      for (const { errors } of refused)
        expect(errors[0]?.extensions['current']).toMatchObject({ title: winners[0]?.title })
      version = winners[0]?.updatedAt ?? ''
      expect(await read(id)).toMatchObject({ title: winners[0]?.title, updatedAt: version })
    }
  })

  it('let one of 20 concurrent changes and deletions of the same one succeed (SR-228)', async () => {
    const { id, updatedAt } = await writePost(gateway, author)
    const attempts = Array.from({ length: 20 }, (_, index) => {
      const node = index % 2 === 0 ? gateway : sibling
      return index % 4 < 2
        ? tryUpdate(node, author, id, { title: `Attempt ${index}`, expectedUpdatedAt: updatedAt })
        : remove(id, updatedAt, node)
    })
    const codes = (await Promise.all(attempts)).map(({ code }) => code ?? 'ok')
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1)
    expect(codes.every((code) => ['ok', 'CONFLICT', 'NOT_FOUND'].includes(code))).toBe(true)
  })

  it('rise with every change while the clock stands still, and after it was set back (SR-228)', async () => {
    const { id, updatedAt } = await writePost(gateway, author)
    const versions = [updatedAt]
    const change = async () => {
      const expectedUpdatedAt = versions.at(-1) ?? ''
      const { data } = await tryUpdate(gateway, author, id, {
        title: `T${versions.length}`,
        expectedUpdatedAt,
      })
      versions.push(data?.updatePost.updatedAt ?? 'none')
    }
    for (let count = 0; count < 30; count += 1) await change()
    // Less than the tolerance of access tokens.
    time -= 3_000
    for (let count = 0; count < 5; count += 1) await change()
    const times = versions.map((version) => Date.parse(version))
    expect(times).toEqual(times.map((_, index) => Date.parse(updatedAt) + index))
    time += 60_000
    await change()
    expect(versions.at(-1)).toBe(new Date(time).toISOString())
  })

  it('without an expected one: the last change wins, and each returns its own version (SR-228)', async () => {
    const { id } = await writePost(gateway, author)
    const attempts = Array.from({ length: 20 }, (_, index) =>
      tryUpdate(index % 2 === 0 ? gateway : sibling, author, id, { title: `Attempt ${index}` }),
    )
    const results = (await Promise.all(attempts)).map(({ data }) => data?.updatePost)
    expect(results.map((post) => post?.title)).toEqual(results.map((_, index) => `Attempt ${index}`))
    expect(new Set(results.map((post) => post?.updatedAt)).size).toBe(20)
    const last = results.toSorted((a, b) => ((a?.updatedAt ?? '') < (b?.updatedAt ?? '') ? -1 : 1)).at(-1)
    expect(await read(id)).toMatchObject({ title: last?.title, updatedAt: last?.updatedAt })
  })

  it.each(['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59-12:00'])(
    'of the time %s are invalid input',
    async (expectedUpdatedAt) => {
      const { id } = await writePost(gateway, author)
      const refusals = [
        await tryUpdate(gateway, author, id, { title: 'x', expectedUpdatedAt }),
        await remove(id, expectedUpdatedAt),
      ]
      expect(refusals.map(({ errors }) => errors[0]?.extensions)).toMatchObject([
        { code: 'BAD_USER_INPUT', fieldErrors: [{ path: ['input', 'expectedUpdatedAt'] }] },
        { code: 'BAD_USER_INPUT', fieldErrors: [{ path: ['expectedUpdatedAt'] }] },
      ])
    },
  )
})
