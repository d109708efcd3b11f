import { beforeAll, describe, expect, it } from 'vitest'
import { requestShared } from '../../../test/support/servers/request-shared.ts'
import { IMPORT_BUDGETS, measureImport, type MeasuredImport } from '../support/measure-imports.ts'

const IMPORTS = Object.entries(IMPORT_BUDGETS) as [MeasuredImport, number][]

describe('an import of the client', () => {
  beforeAll(() => requestShared('client-build'))

  it.each(IMPORTS)('adds no more than its budget: %s', async (contents, limit) => {
    const { bytes } = await measureImport(contents)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(limit)
  })

  it.each(['apollo', 'urql', 'tanstack-query'])(
    'of one hook from the built entry of %s brings no other operation along',
    async (entry) => {
      const { code } = await measureImport(`export { useMeQuery } from './dist/react/${entry}.js'`)
      expect(code.match(/"OperationDefinition"/g)).toHaveLength(1)
    },
  )

  it('is removed where nothing of it is used', async () => {
    const { code } = await measureImport("import './dist/react/apollo.js'; import './dist/index.js'")
    expect(code).not.toMatch(/Document|function|=>/)
  })
})
