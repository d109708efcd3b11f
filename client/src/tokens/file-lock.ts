import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { readErrorCode } from './file-errors.ts'
import { TokenStorageError, type Clock } from './token-storage.ts'
import { waitFor } from './wait.ts'

/** A lock as its file tells it. */
interface LockOwner {
  readonly id: string
  readonly host: string
  readonly pid: number
}

/** Dependencies of a lock. */
export interface FileLockOptions {
  /** How long a holder may work, in milliseconds: then others take the lock over. */
  readonly leaseMs: number
  /** How long to wait for the lock, in milliseconds. */
  readonly waitMs: number
  readonly now: Clock
}

/** A process that wants the lock. */
interface Contender extends FileLockOptions {
  /** The lock file. */
  readonly path: string
  readonly owner: LockOwner
  /** A file with the owner, which becomes the lock by a hard link: never without its content. */
  readonly card: string
}

/**
 * Runs the work while this process holds the lock file. Own code, because a package for it would be the only
 * runtime dependency of the client, and Node.js has no lock that the system releases.
 *
 * A hard link of the name takes the lock, and fails while there is one. The lock of a dead holder is replaced
 * by one process only: the one that creates a second link, which is named after the id of the dead holder.
 */
export async function holdFileLock<Result>(
  path: string,
  options: FileLockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const owner: LockOwner = { id: randomUUID(), host: hostname(), pid: process.pid }
  const contender = { ...options, path, owner, card: nameCard(path, owner) }
  await writeFile(contender.card, JSON.stringify(owner), { flag: 'wx', mode: 0o600 })
  try {
    const isHeld = await waitFor(async () => ((await tryTake(contender)) ? true : null), options.waitMs)
    if (isHeld === null)
      throw new TokenStorageError(`GATEWAY_TOKEN_FILE: another process does not release the lock ${path}.`)
    return await work()
  } finally {
    if ((await readOwner(path))?.id === owner.id) await remove(path)
    await remove(contender.card)
  }
}

async function tryTake(contender: Contender): Promise<boolean> {
  const { path, card, now } = contender
  const seconds = now() / 1000
  await utimes(card, seconds, seconds)
  if (await linkOnce(card, path)) return true
  const holder = await readOwner(path)
  return holder !== null && (await isDead(holder, contender)) && takeOver(holder, contender)
}

/** Replaces the lock of a dead holder. */
async function takeOver(dead: LockOwner, contender: Contender): Promise<boolean> {
  const { path, card } = contender
  const claim = `${path}.${dead.id}.claim`
  if (!(await linkOnce(card, claim))) {
    // The process that has created it was killed too.
    if (await isOlder(claim, contender)) await remove(claim)
    return false
  }
  // Another process may have replaced the lock, and removed its claim, since the holder was read.
  const isSame = (await readOwner(path))?.id === dead.id
  if (isSame) await rename(card, path)
  await remove(claim)
  await remove(nameCard(path, dead))
  return isSame
}

function nameCard(path: string, { id }: LockOwner): string {
  return `${path}.${id}.owner`
}

/** False when the name exists. */
async function linkOnce(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name)
    return true
  } catch (error) {
    if (readErrorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** A file that another process has removed is no error. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** Null without a lock. */
async function readOwner(path: string): Promise<LockOwner | null> {
  try {
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isOwner(owner) ? owner : null
  } catch {
    return null
  }
}

function isOwner(value: unknown): value is LockOwner {
  const { id, host, pid } = (value ?? {}) as Partial<Record<keyof LockOwner, unknown>>
  return (
    typeof id === 'string' && /^[\w-]{36}$/.test(id) && typeof host === 'string' && typeof pid === 'number'
  )
}

/** A process of this machine that does not exist, or one that has held the lock for too long. */
async function isDead({ host, pid }: LockOwner, contender: Contender): Promise<boolean> {
  return (host === hostname() && !isRunning(pid)) || (await isOlder(contender.path, contender))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process exists, too.
    return readErrorCode(error) === 'EPERM'
  }
}

async function isOlder(path: string, { leaseMs, now }: FileLockOptions): Promise<boolean> {
  try {
    return now() - (await stat(path)).mtimeMs > leaseMs
  } catch {
    return false
  }
}
