import { createHash } from 'node:crypto'

/** The documents that may run, by their SHA-256. */
export type OperationManifest = ReadonlyMap<string, string>

/** SHA-256 of a text in lower-case hexadecimal: the name that persisted documents go by. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A digest in lower-case hexadecimal, with or without the prefix that GraphQL over HTTP (appendix A) and code generators write. */
const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/

/** The bare digest of such a name; null for anything else. */
export function digestIn(name: unknown): string | null {
  return typeof name === 'string' ? (DIGEST.exec(name)?.[1] ?? null) : null
}

/** The manifest with one more document. */
export function withDocument(manifest: OperationManifest, text: string): OperationManifest {
  return new Map([...manifest, [sha256Of(text), text]])
}

/** A manifest that cannot be used. The message says what is expected and quotes nothing. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
}

/**
 * Reads `{ "<sha256>": "<document>" }`, the `persisted-documents.json` of graphql-codegen's client preset included.
 * Throws `ManifestError`.
 */
export function parseManifest(text: string): OperationManifest {
  const entries = Object.entries(jsonObjectIn(text))
  if (entries.length === 0) throw new ManifestError('a manifest with at least one document')
  return new Map(entries.map(([name, document], index) => checked(name, document, index)))
}

function jsonObjectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below: the parser's own words would quote the text.
  }
  throw new ManifestError('a JSON object of documents by their SHA-256')
}

function checked(name: string, document: unknown, index: number): [digest: string, document: string] {
  const digest = digestIn(name)
  if (digest === null || typeof document !== 'string' || sha256Of(document) !== digest)
    throw new ManifestError(`every document under its own SHA-256; entry ${index + 1} is not`)
  return [digest, document]
}
