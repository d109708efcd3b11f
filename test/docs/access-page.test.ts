import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { accessPage } from '../../scripts/access-page.ts'

it('docs/access.md has the access class of every field', async () => {
  const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/access.md'), 'utf8')
  expect(await accessPage()).toBe(page)
})
