import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { z } from 'zod'
import { KeyError } from '../../core/token-keys.ts'

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** Parses a private JWK Set. Throws `KeyError`, which never quotes the text. */
export function parseJwks(text: string): JWK[] {
  try {
    return jwksSchema.parse(JSON.parse(text)).keys
  } catch {
    throw new KeyError('The signing keys are not a JWK Set (RFC 7517).')
  }
}

const KEYS_FOLDER = 'keys'
const MASTER_SECRET = 'master-secret'

/** The master secret of the data folder, 256 random bits. Created at the first start. */
export function loadOrCreateMasterSecret(folder: string): Promise<string> {
  return readOrCreate(join(folder, KEYS_FOLDER), MASTER_SECRET, async () =>
    randomBytes(32).toString('base64url'),
  )
}

/** The master secret of the data folder; null before the first start. Throws `KeyError`. */
export function readMasterSecret(folder: string): string | null {
  try {
    return readSecret(join(folder, KEYS_FOLDER, MASTER_SECRET))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/**
 * The text of a file of mode 0600. A missing file is written under a temporary name and then linked, so that
 * concurrently starting processes all read the same complete secret. Throws `KeyError` if other users can
 * read the file. Written by hand because libraries for atomic writes rename, which would replace another
 * process's secret.
 */
async function readOrCreate(folder: string, name: string, create: () => Promise<string>): Promise<string> {
  const file = join(folder, name)
  try {
    return readSecret(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`
  writeFileSync(draft, await create(), { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readSecret(file)
}

function readSecret(file: string): string {
  const text = readFileSync(file, 'utf8').trim()
  // Windows has no mode bits.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new KeyError(`${file} is readable by other users. Its mode must be 0600.`)
  }
  return text
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
