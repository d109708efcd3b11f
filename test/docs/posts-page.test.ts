import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postGroup } from '../../src/config/groups/posts.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { ERROR_REASONS } from '../../src/core/error-reasons.ts'
import { FIELD_ERROR_CODES } from '../../src/core/field-errors.ts'
import { ERROR_CODES } from '../../src/core/errors.ts'
import { writePost } from '../features/post-steps.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/posts.md'), 'utf8')

describe('docs/posts.md', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway((BACKENDS as readonly [Backend])[0])))
  afterAll(() => gateway.close())

  it('shows a change that works once for each version', async () => {
    const [, save = ''] = /```graphql\n(mutation Save[\s\S]*?)```/.exec(page) ?? []
    const author = await gateway.signUp()
    const { id, updatedAt } = await writePost(gateway, author)
    const send = () =>
      gateway.sendText(save, { id, title: 'Changed', readAt: updatedAt }, { token: author.accessToken })
    expect((await send()).data?.['updatePost']).toMatchObject({ title: 'Changed' })
    const current = (await send()).errors[0]?.extensions['current'] as Record<string, unknown>
    expect(Object.keys(current)).toEqual(['id', 'title', 'content', 'published', 'updatedAt'])
    expect(page).toContain('fields `id`, `title`, `content`, `published` and\n`updatedAt`')
  })

  it('names settings and codes that exist, and the defaults', () => {
    const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name]) => name ?? '')
    const known = { ...SETTINGS, ...ERROR_CODES, ...ERROR_REASONS, ...FIELD_ERROR_CODES }
    const isKnown = (name: string) => name in known
    expect(named.filter((name) => !isKnown(name))).toEqual([])
    const { POSTS_PER_USER, POST_STORAGE_KIB } = postGroup.settings
    const [posts, kib] = [POSTS_PER_USER, POST_STORAGE_KIB].map(({ type }) =>
      Number(type.parse(undefined)).toLocaleString('en-US'),
    )
    expect(page).toContain(`\`POSTS_PER_USER\` (${posts})`)
    expect(page).toContain(`\`POST_STORAGE_KIB\` (${kib})`)
  })
})
