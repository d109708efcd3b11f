import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ManifestError, parseManifest } from '../../src/core/operation-manifest.ts'
import { addTypenames } from '../../src/graphql/documents/typenames.ts'
import { BACKENDS, removeFolder, temporaryFolder, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const hash = (kind: 'md5' | 'sha256', text: string) => createHash(kind).update(text).digest('hex')
const ME = 'query Me {\n  me {\n    id\n  }\n}'
/** The same document as the caches of Apollo Client and urql send it. */
const ME_NORMALIZED = 'query Me {\n  me {\n    id\n    __typename\n  }\n}'
const DIGEST = hash('sha256', ME)
const MD5 = hash('md5', ME)

/** The manifests of one document that clients of the three build tools deploy, and the id that they send. */
const MANIFESTS = {
  'graphql-codegen': [{ [DIGEST]: ME }, DIGEST],
  'graphql-codegen, with a prefix': [{ [`sha256:${DIGEST}`]: ME }, `sha256:${DIGEST}`],
  Relay: [{ [MD5]: ME }, MD5],
  Apollo: [
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: DIGEST, name: 'Me', type: 'query', body: ME }],
    },
    DIGEST,
  ],
  'Apollo, with ids of its own': [
    { format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'me:1', body: ME }] },
    'me:1',
  ],
} as const

describe('a manifest of operations', () => {
  const folder = temporaryFolder()
  afterAll(() => removeFolder(folder))
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  async function start(manifest?: object) {
    const path = join(folder, 'manifest.json')
    writeFileSync(path, JSON.stringify(manifest ?? {}))
    const [backend] = BACKENDS as readonly [Backend]
    const gateway = await startGateway(backend, manifest ? { PERSISTED_OPERATIONS: path } : {})
    running.push(gateway)
    return async (body: object) => {
      const response = await gateway.app.http.app.inject({ method: 'POST', url: '/graphql', payload: body })
      const { errors } = response.json<{ errors: [{ extensions: { code: string } }] }>()
      // Anonymous: a document that is executed is refused by its field.
      return errors[0].extensions.code
    }
  }
  const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })

  it.each(Object.entries(MANIFESTS))(
    'is taken in the format of %s (SR-114)',
    async (_name, [manifest, id]) => {
      const ask = await start(manifest)
      for (const body of [
        persisted(id),
        { documentId: id },
        { query: ME },
        { query: ME_NORMALIZED },
        { query: ME_NORMALIZED, ...persisted(id) },
        { query: ME, documentId: id },
      ])
        expect(await ask(body)).toBe('UNAUTHENTICATED')
      expect(await ask({ query: `${ME} ` })).toBe('OPERATION_NOT_ALLOWED')
      expect(await ask({ query: ME.replace('id', 'email') })).toBe('OPERATION_NOT_ALLOWED')
      expect(await ask({ documentId: `${id}0` })).toBe('PERSISTED_QUERY_NOT_FOUND')
      expect(await ask({ documentId: '__proto__' })).toBe('PERSISTED_QUERY_NOT_FOUND')
    },
  )

  it('answers an id with the types that a normalised cache needs', () => {
    expect(addTypenames(ME)).toBe(ME_NORMALIZED)
    expect(addTypenames(ME_NORMALIZED)).toBe(ME_NORMALIZED)
    const nested =
      'query A {\n  a {\n    ... on B {\n      c\n    }\n    ...D\n  }\n}\n\nfragment D on E {\n  f\n}'
    expect(addTypenames(nested).match(/__typename/g)).toHaveLength(3)
    expect(addTypenames('{')).toBe('{')
  })

  it('is not needed for the id of a document that the server remembers', async () => {
    const ask = await start()
    expect(await ask({ documentId: DIGEST })).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect(await ask({ query: ME, ...persisted(DIGEST) })).toBe('UNAUTHENTICATED')
    expect(await ask({ documentId: `sha256:${DIGEST}` })).toBe('UNAUTHENTICATED')
    expect(await ask({ documentId: 'me:1' })).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect(await ask({ documentId: 7 })).toBe('BAD_REQUEST')
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no document', '{}'],
    ['a document under another digest', JSON.stringify({ [hash('sha256', 'x')]: ME })],
    ['a document that is no text', JSON.stringify({ [MD5]: { body: ME } })],
    ['an id that is no hash', JSON.stringify({ me: ME })],
    ['the MD5 of another document', JSON.stringify({ [hash('md5', 'x')]: ME })],
    ['an id with spaces', JSON.stringify({ ...MANIFESTS.Apollo[0], operations: [{ id: 'a b', body: ME }] })],
    ['a manifest of Apollo without operations', '{"format":"apollo-persisted-query-manifest","version":1}'],
    [
      'an operation without an id',
      '{"format":"apollo-persisted-query-manifest","operations":[{"body":"{ a }"}]}',
    ],
    ['an operation that is null', '{"format":"apollo-persisted-query-manifest","operations":[null]}'],
  ])('is refused with the reason if it has %s', (_title, text) => {
    expect(() => parseManifest(text)).toThrow(ManifestError)
    expect(() => parseManifest(text)).not.toThrow(/query Me|a b/)
  })
})
