import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runGateway } from '../support/servers/gateway-process.ts'

const folder = join(resolve(import.meta.dirname, '../..'), 'schema')

describe('gateway schema', () => {
  it.each([
    [[], 'schema.graphql'],
    [['--subgraph'], 'subgraph.graphql'],
  ])('prints with %j the committed %s', async (options, file) => {
    expect(await runGateway({}, ['schema', ...options])).toEqual({
      status: 0,
      output: readFileSync(join(folder, file), 'utf8'),
    })
  })
})
