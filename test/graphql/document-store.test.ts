import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createDocumentStore, measureDocument } from '../../src/graphql/documents/document-store.ts'

describe('the store of parsed documents', () => {
  async function countKept(documents: number, build: (index: number) => string): Promise<number> {
    const store = createDocumentStore()
    const keys = Array.from({ length: documents }, (_, index) => `${index}`)
    for (const key of keys) await store.set(key, parse(build(Number(key))))
    const kept = await Promise.all(keys.map((key) => store.get(key)))
    return kept.filter((document) => document !== undefined).length
  }

  it('keeps the documents of an application', async () => {
    expect(await countKept(2000, (index) => `query Q${index} { me { id email } }`)).toBe(2000)
  })

  it('counts comments and ignored characters, which graphql-js keeps with a document', async () => {
    expect(await countKept(200, (index) => `{ __typename }\n${'#\n'.repeat(4000)}#${index}`)).toBeLessThan(80)
    expect(await countKept(1000, (index) => `{ __typename } #${index} ${'x'.repeat(90_000)}`)).toBeLessThan(
      200,
    )
    expect(await countKept(1000, (index) => `{ __typename ${','.repeat(90_000)} } #${index}`)).toBeLessThan(
      200,
    )
  })

  it('keeps no document that would take a sixteenth of it', async () => {
    expect(await countKept(3, (index) => `{ __typename }\n${'#\n'.repeat(45_000)}#${index}`)).toBe(0)
  })

  it('measures at least the bytes that documents take', () => {
    const count = 200
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    for (const text of [
      '{ me { id email } }',
      `{ ${'a: __typename '.repeat(150)} }`,
      `{ me { id } }${'#\n'.repeat(900)}`,
    ]) {
      collectGarbage()
      const before = process.memoryUsage().heapUsed
      const documents = Array.from({ length: count }, () => parse(text))
      collectGarbage()
      const bytes = (process.memoryUsage().heapUsed - before) / count
      expect(documents.map(measureDocument)[0]).toBeGreaterThan(bytes * 0.8)
    }
  })
})
