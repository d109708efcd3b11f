import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Of the folder, if it is created. */
const FOLDER_MODE = 0o750
const LINE_BREAK = 10

/** A file of the log cannot be written. The message has no path. */
export class LogFolderError extends Error {
  override readonly name = 'LogFolderError'
}

/**
 * Creates the folder and the files that are missing, and opens each file once for writing. Throws a
 * `LogFolderError`.
 */
export function prepareLogFolder(folder: string, names: readonly string[], mode: number): void {
  requireWorking('the folder cannot be created', () =>
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }),
  )
  for (const name of names)
    requireWorking(`${name} cannot be written`, () => {
      const file = openSync(join(folder, name), 'a', mode)
      const isFile = fstatSync(file).isFile()
      closeSync(file)
      if (!isFile) throw new LogFolderError(`${name} is not a file`)
    })
}

function requireWorking(problem: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (error instanceof LogFolderError) throw error
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new LogFolderError(`${problem}${code}`, { cause: error })
  }
}

/** Whether a full disk has cut the last line of a file. False for a file that cannot be read. */
export function endsWithinLine(path: string): boolean {
  const [last] = readEnd(path, 1)
  return last !== undefined && last !== LINE_BREAK
}

/** Whether a file ends with a text. False for a file that cannot be read. */
export function endsWithText(path: string, text: string): boolean {
  const expected = Buffer.from(text)
  return readEnd(path, expected.length).equals(expected)
}

/** The last bytes of a file, at most `length`; none of a file that cannot be read. */
function readEnd(path: string, length: number): Buffer {
  try {
    const file = openSync(path, 'r')
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(length, size))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    closeSync(file)
    return bytes
  } catch {
    return Buffer.alloc(0)
  }
}
