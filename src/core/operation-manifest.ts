import { createHash } from 'node:crypto'

/** Allowed documents by the ids that clients send for them. */
export type OperationManifest = ReadonlyMap<string, string>

/** SHA-256 of a document in lower-case hexadecimal: the id of a persisted document. */
export function hashDocument(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A digest in lower-case hexadecimal, with or without the prefix of GraphQL over HTTP (appendix A). */
const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/

/** The digest of a document id, without the prefix; null for any other value. */
export function parseDigest(id: unknown): string | null {
  return typeof id === 'string' ? (DIGEST.exec(id)?.[1] ?? null) : null
}

/** A copy of the manifest with one more document. */
export function addDocument(manifest: OperationManifest, text: string): OperationManifest {
  return new Map([...manifest, [hashDocument(text), text]])
}

/** An invalid manifest. The message says what is expected and never quotes the content. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
}

/** An id of the build's own. */
const OWN_ID = /^[\w.:-]{1,128}$/
/** `format` of the manifests of `@apollo/generate-persisted-query-manifest`. */
const APOLLO_FORMAT = 'apollo-persisted-query-manifest'

/**
 * Parses a manifest: `{ "<id>": "<document>" }` of graphql-codegen's client preset and of Relay's compiler,
 * or the format of Apollo's `generate-persisted-query-manifest`. An id must be the SHA-256 or the MD5 of its
 * document; Apollo's builds can have ids of their own. Throws `ManifestError`.
 */
export function parseManifest(text: string): OperationManifest {
  const entries = listEntries(parseObject(text))
  if (entries.length === 0) throw new ManifestError('a manifest with at least one document')
  return new Map(entries.map(parseEntry))
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Thrown below: the parser's message would quote the text.
  }
  throw new ManifestError('a JSON object: a manifest of graphql-codegen, Relay or Apollo')
}

/** An id, its document, and whether the id is a hash of the document. */
type Entry = readonly [id: unknown, document: unknown, isHash: boolean]

function listEntries(manifest: object): readonly Entry[] {
  if (!('format' in manifest) || manifest.format !== APOLLO_FORMAT)
    return Object.entries(manifest).map(([id, document]) => [id, document, true])
  const operations = 'operations' in manifest ? manifest.operations : null
  if (!Array.isArray(operations)) throw new ManifestError('a list of `operations` in a manifest of Apollo')
  return operations.map((operation: unknown) => {
    const { id, body } = { id: null, body: null, ...(operation as object) } as Record<string, unknown>
    return [id, body, parseDigest(id) !== null]
  })
}

function parseEntry([id, document, isHash]: Entry, index: number): [id: string, document: string] {
  if (typeof id === 'string' && typeof document === 'string') {
    if (parseDigest(id) === hashDocument(document)) return [hashDocument(document), document]
    // MD5 is only the name of a document here: it comes from the operator's manifest.
    if (id === createHash('md5').update(document).digest('hex')) return [id, document]
    if (!isHash && OWN_ID.test(id)) return [id, document]
  }
  const expected = isHash ? 'every document under its MD5 or its own SHA-256' : 'every document under an id'
  throw new ManifestError(`${expected}; entry ${index + 1} is not`)
}
