import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOn, EXTREMES } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument, PostDocument, UpdatePostDocument } from '../generated/graphql.ts'

const WIDE_TABLE = `${'x|'.repeat(66)}\n${'-|'.repeat(66)}\n${'x\n'.repeat(9860)}`

describeOn(EXTREMES, 'the HTML of posts', (backend) => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend)
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  const create = (content: string) =>
    gateway.send(CreatePostDocument, { input: { title: 'A post', content, published: true } }, { token })

  it('is made of a content that createPost and updatePost accept, and of no other one (SR-238)', async () => {
    const refusal = {
      code: 'BAD_USER_INPUT',
      fieldErrors: [
        expect.objectContaining({
          path: ['input', 'content'],
          code: 'TOO_COMPLEX',
          message: expect.stringContaining('use fewer table cells') as string,
        }),
      ],
    }
    const refused = await create(WIDE_TABLE)
    expect(refused.errors[0]?.extensions).toMatchObject(refusal)
    expect(refused.text).not.toContain('x|')
    const accepted = await create('*Short*')
    const { id = '', contentHtml } = accepted.data?.createPost ?? {}
    expect(contentHtml).toBe('<p><em>Short</em></p>\n')
    const changed = await gateway.send(UpdatePostDocument, { id, input: { content: WIDE_TABLE } }, { token })
    expect(changed.errors[0]?.extensions).toMatchObject(refusal)
    expect((await gateway.ask(PostDocument, { id }, token)).post.content).toBe('*Short*')
  })

  it('is the escaped source of a post that was written before the bounds (SR-238)', async () => {
    const { id = '' } = (await create('Short')).data?.createPost ?? {}
    await gateway.sql(`UPDATE posts SET content = '${'> '.repeat(40)}<b>' WHERE id = '${id}'`)
    const { post } = await gateway.ask(PostDocument, { id }, token)
    expect(post.contentHtml).toBe(`<pre>${'&gt; '.repeat(40)}&lt;b&gt;</pre>`)
  })

  it('costs one rendering for many aliases and equal contents (SR-239)', async () => {
    const { id = '' } = (await create('**Once**')).data?.createPost ?? {}
    const aliases = Array.from({ length: 15 }, (_, i) => `a${i}: contentHtml`).join(' ')
    const { data } = await gateway.sendText(`{ post(id: "${id}") { ${aliases} } }`, {}, { token })
    expect(new Set(Object.values(data?.['post'] as Record<string, string>))).toEqual(
      new Set(['<p><strong>Once</strong></p>\n']),
    )
  })
})
