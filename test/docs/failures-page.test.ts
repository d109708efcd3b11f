import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { failuresPage } from '../../scripts/failures-page.ts'
import { ACL_RULES } from '../support/servers/redis-shapes.ts'

const docs = join(resolve(import.meta.dirname, '../..'), 'docs')

it('docs/failures.md has the outcome of every operation during every fault', async () =>
  expect(await failuresPage()).toBe(readFileSync(join(docs, 'failures.md'), 'utf8')))

it('docs/state-stores.md has the rights that the tests with ACL use', () => {
  const page = readFileSync(join(docs, 'state-stores.md'), 'utf8').replace(/\s+/g, ' ')
  expect(page).toContain(ACL_RULES)
})
