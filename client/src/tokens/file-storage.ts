import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { readErrorCode } from './file-errors.ts'
import { holdFileLock } from './file-lock.ts'
import {
  isFresh,
  TokenStorageError,
  type Clock,
  type StoredToken,
  type TokenStorage,
} from './token-storage.ts'
import { LEASE_MS, WAIT_FACTOR } from './wait.ts'

/** Settings of a file storage. */
export interface FileTokenStorageOptions {
  /** Path of the file, in an existing folder. */
  readonly file: string
  /** How long a process may work exclusively, in milliseconds. Default: 15,000. */
  readonly leaseMs?: number
  readonly now?: Clock
}

/** The content of the file. */
interface FileContent {
  readonly version: 1
  readonly name: string
  readonly token: StoredToken
}

/** Where `GATEWAY_TOKEN_FILE` stands in messages: programs of operators read it from there. */
const SETTING = 'GATEWAY_TOKEN_FILE'
const OWNER_ONLY = 0o600
const OTHERS = 0o077
/** Far more than a token takes: a larger file is another one. */
const MAX_BYTES = 65_536

/**
 * Keeps the token of one API key in a file that only its owner can read. The file is replaced as a whole, by
 * a rename in its folder; `<file>.lock` is the lock.
 *
 * A file that others can read or write, or that belongs to another user, is taken for none and replaced: its
 * token may be known to them, or be one of theirs. A file with another content is never overwritten.
 */
export function createFileTokenStorage(options: FileTokenStorageOptions): TokenStorage {
  const { leaseMs = LEASE_MS, now = Date.now } = options
  const file = resolve(options.file)
  const lockOptions = { leaseMs, waitMs: WAIT_FACTOR * leaseMs, now }

  async function load(name: string): Promise<StoredToken | null> {
    const content = await explainErrors(file, () => readContent(file))
    return content?.name === name ? content.token : null
  }

  async function lock<Result>(work: () => Promise<Result>): Promise<Result> {
    return explainErrors(file, () => holdFileLock(`${file}.lock`, lockOptions, work))
  }

  return {
    load,
    save: (name, token) =>
      explainErrors(file, async () => {
        await readContent(file)
        await replaceContent(file, { version: 1, name, token })
      }),
    isValid: async (name, marginMs) => isFresh(await load(name), now(), marginMs),
    delete: (name, accessToken) =>
      lock(async () => {
        const token = await load(name)
        if (token && (accessToken === undefined || token.accessToken === accessToken))
          await rm(file, { force: true })
      }),
    exclusively: (_name, work) => lock(work),
    close: async () => undefined,
  }
}

/** Null for a file that is missing, empty or not of the owner alone. Throws for another content. */
async function readContent(file: string): Promise<FileContent | null> {
  const handle = await openIfPresent(file)
  if (!handle) return null
  try {
    const { size } = await handle.stat()
    const text = size > MAX_BYTES ? 'too large' : await handle.readFile('utf8')
    if (text === '') return null
    const content = parseContent(text)
    if (!content)
      throw new TokenStorageError(
        `${SETTING}: ${file} holds something other than a token. Name another file, or delete it.`,
      )
    return (await isOwnersAlone(handle)) ? content : null
  } finally {
    await handle.close()
  }
}

/** A symbolic link is not followed where the system can tell: it could lead to a file of another user. */
async function openIfPresent(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (readErrorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Windows has no such modes. */
async function isOwnersAlone(handle: FileHandle): Promise<boolean> {
  const { mode, uid } = await handle.stat()
  return process.getuid === undefined || ((mode & OTHERS) === 0 && uid === process.getuid())
}

async function replaceContent(file: string, content: FileContent): Promise<void> {
  const next = `${file}.${randomUUID()}.tmp`
  try {
    const handle = await open(next, 'wx', OWNER_ONLY)
    try {
      await handle.writeFile(JSON.stringify(content))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(next, file)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
}

function parseContent(text: string): FileContent | null {
  try {
    const { version, name, token } = JSON.parse(text) as Partial<Record<keyof FileContent, unknown>>
    return version === 1 && typeof name === 'string' && isStoredToken(token) ? { version, name, token } : null
  } catch {
    return null
  }
}

function isStoredToken(value: unknown): value is StoredToken {
  const { accessToken, expiresAt, scopes } = (value ?? {}) as Partial<Record<keyof StoredToken, unknown>>
  return typeof accessToken === 'string' && typeof expiresAt === 'number' && Array.isArray(scopes)
}

const EXPLANATIONS: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `the folder ${dirname(file)} does not exist. Create it.`,
  ENOTDIR: (file) => `${dirname(file)} is not a folder.`,
  EISDIR: (file) => `${file} is a folder. Name a file.`,
  EACCES: (file) => `this user cannot read and write ${file} and its folder.`,
  EROFS: (file) => `${dirname(file)} is read-only.`,
  ENOSPC: (file) => `there is no space left for ${file}.`,
  ELOOP: (file) => `${file} is a symbolic link. Name the file itself.`,
}

/** Rethrows errors of the system as one sentence that names the setting; other errors as they are. */
async function explainErrors<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const explain = EXPLANATIONS[readErrorCode(error)]
    if (!explain || !isSystemError(error)) throw error
    throw new TokenStorageError(`${SETTING}: ${explain(file)}`, { cause: error })
  }
}

/** The work of a caller may fail with an error of another file. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && !(error instanceof TokenStorageError)
}
