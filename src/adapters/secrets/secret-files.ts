import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { z } from 'zod'
import { KeyError } from '../../core/token-keys.ts'

const jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** The private JWK Set of a text. Throws `KeyError`, which never quotes it. */
export function parseJwks(text: string): JWK[] {
  try {
    return jwks.parse(JSON.parse(text)).keys
  } catch {
    throw new KeyError('The signing keys are not a JWK Set (RFC 7517).')
  }
}

/** The master secret kept in the folder, made at the first start: 256 random bits. */
export function loadOrCreateMasterSecret(folder: string): Promise<string> {
  return kept(join(folder, 'keys'), 'master-secret', async () => randomBytes(32).toString('base64url'))
}

/**
 * The text of a file of mode 0600. When it is missing it is written whole under another name and then linked, so that of many
 * processes that start at once one makes it and all read the same. Throws `KeyError` when others may read it.
 */
async function kept(folder: string, name: string, make: () => Promise<string>): Promise<string> {
  const file = join(folder, name)
  try {
    return read(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`
  writeFileSync(draft, await make(), { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return read(file)
}

function read(file: string): string {
  const text = readFileSync(file, 'utf8').trim()
  // Windows has no such bits.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new KeyError(`${file} can be read by others: its mode must be 0600.`)
  }
  return text
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
