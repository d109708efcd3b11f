import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { printSortedSchema } from '../../src/graphql/schema/schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway } from '../support/gateway.ts'

const [backend] = BACKENDS as readonly [Backend]
const committed = readFileSync(join(resolve(import.meta.dirname, '../..'), 'schema/schema.graphql'), 'utf8')

describe('the served schema', () => {
  it('is the committed one in production', async () => {
    const gateway = await startGateway(backend, { NODE_ENV: 'production' })
    expect(printSortedSchema(gateway.app.schema)).toBe(committed)
    await gateway.close()
  })

  it('is the one of the app, as introspection over HTTP shows it in development', async () => {
    const gateway = await startGateway(backend, { NODE_ENV: 'development' })
    const query = getIntrospectionQuery({ specifiedByUrl: true, oneOf: true })
    const { data } = await gateway.sendText(query)
    const introspected = buildClientSchema(data as unknown as IntrospectionQuery)
    expect(printSortedSchema(introspected)).toBe(printSortedSchema(gateway.app.schema))
    expect(introspected.getQueryType()?.getFields()['devOutbox']).toBeDefined()
    await gateway.close()
  })
})
