import { createHash } from 'node:crypto'

/** Allowed documents by their SHA-256. */
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

/**
 * Parses `{ "<sha256>": "<document>" }`, the format of `persisted-documents.json` of graphql-codegen's client
 * preset. Throws `ManifestError`.
 */
export function parseManifest(text: string): OperationManifest {
  const entries = Object.entries(parseObject(text))
  if (entries.length === 0) throw new ManifestError('a manifest with at least one document')
  return new Map(entries.map(([id, document], index) => parseEntry(id, document, index)))
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Thrown below: the parser's message would quote the text.
  }
  throw new ManifestError('a JSON object of documents by their SHA-256')
}

function parseEntry(id: string, document: unknown, index: number): [digest: string, document: string] {
  const digest = parseDigest(id)
  if (digest === null || typeof document !== 'string' || hashDocument(document) !== digest)
    throw new ManifestError(`every document under its own SHA-256; entry ${index + 1} is not`)
  return [digest, document]
}
