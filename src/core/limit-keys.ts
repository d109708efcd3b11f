import { keepResults } from './kept-results.ts'
import { keyedHash } from './secrets.ts'

/** The key of a limit and a subject in the state store. */
export type ToLimitKey = (name: string, subject: readonly string[]) => string

/** Most keys that are kept in memory; some hundred bytes each. */
const MAX_KEYS = 10_000

/**
 * Keys contain a MAC of the subject, never the address itself. They are kept by subject, so that a caller
 * that returns costs no MAC.
 */
export function createLimitKeys(hashKey: Buffer): ToLimitKey {
  const toKey = keepResults(MAX_KEYS, (text) => {
    const [name, ...subject] = JSON.parse(text) as [string, ...string[]]
    return `limit:${name}:${keyedHash(hashKey, 'limit', name, ...subject)}`
  })
  return (name, subject) => toKey(JSON.stringify([name, ...subject]))
}
