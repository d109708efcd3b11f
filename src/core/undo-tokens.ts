import { equalInConstantTime, keyedHash } from './secrets.ts'

/** Issues and reads the tokens of undo links. */
export interface UndoTokens {
  /** The token of a change. */
  issue(changeId: string): string
  /** The change of a token; null if the token is forged. */
  read(token: string): string | null
}

/** Characters of the MAC: 132 bits, so that the link stays short in a text message. */
const MAC_LENGTH = 22
/** The form of an undo token; a link that was cut off does not have it. */
export const UNDO_TOKEN = /^([\w-]{24})\.([\w-]{22})$/

/**
 * Undo tokens: `id.mac`. The MAC signs the id of the change, so nothing usable is stored, and a forged token
 * is rejected without a query. The first key signs; the others are accepted.
 */
export function createUndoTokens(keys: readonly [Buffer, ...Buffer[]]): UndoTokens {
  const sign = (key: Buffer, changeId: string) => keyedHash(key, 'undo', changeId).slice(0, MAC_LENGTH)
  return {
    issue: (changeId) => `${changeId}.${sign(keys[0], changeId)}`,
    read(token) {
      const [, changeId, mac] = UNDO_TOKEN.exec(token) ?? []
      if (!changeId || !mac) return null
      return keys.some((key) => equalInConstantTime(sign(key, changeId), mac)) ? changeId : null
    },
  }
}
