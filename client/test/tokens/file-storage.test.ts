import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createFileTokenStorage, TokenStorageError, type TokenStorage } from '../../src/tokens/index.ts'
import { storageContract, token } from './storage-contract.ts'

const root = mkdtempSync(join(tmpdir(), 'gateway-token-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const newFolder = () => mkdtempSync(join(root, 'folder-'))

storageContract(
  'the file storage',
  async () => {
    const file = join(newFolder(), 'token.json')
    return {
      open: (now) => createFileTokenStorage({ file, ...(now && { now }) }),
      close: async () => undefined,
    }
  },
  { shares: true },
)

describe('the file of a token', () => {
  let folder: string
  let file: string
  let storage: TokenStorage
  beforeEach(() => {
    folder = newFolder()
    file = join(folder, 'token.json')
    storage = createFileTokenStorage({ file, leaseMs: 500 })
  })

  it('is readable by its owner only, under any umask, and alone in its folder', async () => {
    const before = process.umask(0)
    await storage.save('a', token('one'))
    process.umask(before)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await storage.exclusively('a', async () => undefined)
    expect(readdirSync(folder)).toEqual(['token.json'])
  })

  it('is replaced as a whole: a reader never sees a part of it', async () => {
    const long = (name: string) => ({ ...token(name.repeat(10_000)), scopes: [name] })
    let isDone = false
    const writing = (async () => {
      for (let round = 0; round < 100; round += 1) await storage.save('a', long(round % 2 ? 'x' : 'y'))
      isDone = true
    })()
    const reader = createFileTokenStorage({ file })
    let reads = 0
    while (!isDone) {
      const found = await reader.load('a')
      if (found) expect(new Set(found.accessToken)).toEqual(new Set(found.scopes))
      reads += 1
    }
    await writing
    expect(reads).toBeGreaterThan(10)
  })

  it.each([0o644, 0o640, 0o602])('that has the mode %o is taken for none, and replaced', async (mode) => {
    await storage.save('a', token('known to others'))
    chmodSync(file, mode)
    expect(await storage.load('a')).toBeNull()
    await storage.save('a', token('new'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await storage.load('a'))?.accessToken).toBe('new')
  })

  it('that is empty is taken for none', async () => {
    writeFileSync(file, '', { mode: 0o600 })
    expect(await storage.load('a')).toBeNull()
  })

  it.each([
    'not JSON',
    '{}',
    '{"version":1,"name":"a","token":{"accessToken":1}}',
    '[]',
    'null',
    'x'.repeat(100_000),
  ])('that holds something else is neither read nor overwritten (%.20s)', async (text) => {
    writeFileSync(file, text, { mode: 0o600 })
    const refusal = /^GATEWAY_TOKEN_FILE: .*token\.json holds something other than a token/
    await expect(storage.load('a')).rejects.toThrow(refusal)
    await expect(storage.save('a', token('one'))).rejects.toThrow(refusal)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('that cannot be written is reported with the variable and the reason', async () => {
    const missing = createFileTokenStorage({ file: join(folder, 'no/such/folder/token.json') })
    const explained = /^GATEWAY_TOKEN_FILE: the folder .*no\/such\/folder does not exist/
    await expect(missing.save('a', token('one'))).rejects.toThrow(explained)
    await expect(missing.exclusively('a', async () => 1)).rejects.toThrow(explained)
    mkdirSync(join(folder, 'folder'))
    const isFolder = createFileTokenStorage({ file: join(folder, 'folder') })
    await expect(isFolder.load('a')).rejects.toThrow(/^GATEWAY_TOKEN_FILE: .*is a folder/)
    symlinkSync(file, join(folder, 'link'))
    const isLink = createFileTokenStorage({ file: join(folder, 'link') })
    await storage.save('a', token('one'))
    await expect(isLink.load('a')).rejects.toThrow(/^GATEWAY_TOKEN_FILE: .*is a symbolic link/)
  })

  /** Leaves a lock behind, as a killed process does. */
  function leaveLock(owner: object): string {
    const lock = `${file}.lock`
    writeFileSync(
      lock,
      JSON.stringify({ id: crypto.randomUUID(), host: hostname(), pid: process.pid, ...owner }),
    )
    return lock
  }

  it('is unlocked at once when the holder of the lock is no longer running', async () => {
    leaveLock({ pid: 2 ** 22 + 1 })
    const others = Array.from({ length: 8 }, () => createFileTokenStorage({ file, leaseMs: 3600_000 }))
    let running = 0
    const results = others.map((other) =>
      other.exclusively('a', async () => {
        running += 1
        expect(running).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
        return 'done'
      }),
    )
    expect(new Set(await Promise.all(results))).toEqual(new Set(['done']))
    expect(readdirSync(folder)).toEqual([])
  })

  it('is unlocked after the lease of a holder on another machine', async () => {
    const lock = leaveLock({ host: 'another machine' })
    const past = Date.now() / 1000 - 10
    utimesSync(lock, past, past)
    expect(await storage.exclusively('a', async () => 'done')).toBe('done')
    expect(existsSync(lock)).toBe(false)
  })

  it('is not unlocked while its holder lives, and the wait ends with an error that names the lock', async () => {
    leaveLock({ host: 'another machine' })
    const patient = createFileTokenStorage({ file, leaseMs: 150, now: () => 0 })
    const failure = await patient.exclusively('a', async () => 'done').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TokenStorageError)
    expect(String(failure)).toContain('another process does not release the lock')
  })
})
