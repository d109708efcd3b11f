import { z } from 'zod'
import { badInput } from './errors.ts'

/** Position in a list ordered by time: the time, and the id as a tie-breaker. */
export interface Position {
  readonly at: Date
  readonly id: string
}

const positionSchema = z.tuple([z.int().min(0).max(8.64e15), z.string().min(1).max(64)])

/**
 * An opaque cursor of time and id, so that pages stay stable during concurrent writes (keyset pagination).
 */
export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString('base64url')
}

/** The position of a cursor. Throws `BAD_USER_INPUT` with the argument's name for any other text. */
export function decodeCursor(cursor: string, argument: 'after' | 'before'): Position {
  const position = positionSchema.safeParse(
    parseJson(Buffer.from(cursor.slice(0, 200), 'base64url').toString('utf8')),
  )
  const [time, id] = position.data ?? []
  if (time === undefined || id === undefined || encodeCursor({ at: new Date(time), id }) !== cursor) {
    throw badInput({
      path: [argument],
      code: 'INVALID_CURSOR',
      message: 'must be a cursor returned by this list',
    })
  }
  return { at: new Date(time), id }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
