import { z } from 'zod'
import { badInput } from './errors.ts'

/** A place in a list ordered by time: the time, and the id that breaks ties. */
export interface Position {
  readonly at: Date
  readonly id: string
}

const shape = z.tuple([z.int().min(0).max(8.64e15), z.string().min(1).max(64)])

/** An opaque cursor: time and id, so that a page stays where it was while others write (keyset pagination). */
export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString('base64url')
}

/** The position of a cursor; throws `BAD_USER_INPUT` naming the argument for a text that is no cursor of ours. */
export function decodeCursor(cursor: string, argument: 'after' | 'before'): Position {
  const position = shape.safeParse(parseJson(Buffer.from(cursor.slice(0, 200), 'base64url').toString('utf8')))
  const [time, id] = position.data ?? []
  if (time === undefined || id === undefined || encodeCursor({ at: new Date(time), id }) !== cursor) {
    throw badInput({
      path: [argument],
      code: 'INVALID_CURSOR',
      message: 'must be a cursor that this list gave',
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
