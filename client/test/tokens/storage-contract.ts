import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock, StoredToken, TokenStorage } from '../../src/tokens/index.ts'

/** A storage of a suite, on the same data as the others that it has opened. */
export interface StorageSuite {
  /** Opens a storage with a clock, as another process would. */
  open(now?: Clock): TokenStorage
  close(): Promise<void>
}

/** A token that expires `inMs` milliseconds from now. */
export function token(accessToken: string, inMs = 60_000): StoredToken {
  return { accessToken, expiresAt: Date.now() + inMs, scopes: ['posts:read', 'posts:write'] }
}

/** What every token storage does. `shares`: whether several storages of the suite have the same tokens. */
export function storageContract(
  title: string,
  start: () => Promise<StorageSuite>,
  { shares }: { readonly shares: boolean },
): void {
  describe(title, () => {
    let suite: StorageSuite
    let storage: TokenStorage
    let other: TokenStorage
    beforeEach(async () => {
      suite = await start()
      storage = suite.open()
      other = shares ? suite.open() : storage
    })
    afterEach(async () => {
      await storage.close()
      await other.close()
      await suite.close()
    })

    it('has no token at first', async () => {
      expect(await storage.load('a')).toBeNull()
      expect(await storage.isValid('a')).toBe(false)
      await storage.delete('a')
    })

    it('returns the token that was saved last, under its name only', async () => {
      await storage.save('a', token('first'))
      const second = token('second', 90_000)
      await storage.save('a', second)
      const loaded = await other.load('a')
      expect(loaded).toMatchObject({ accessToken: 'second', scopes: second.scopes })
      expect(Math.abs((loaded?.expiresAt ?? 0) - second.expiresAt)).toBeLessThan(5000)
      expect(await other.load('b')).toBeNull()
    })

    it('tells whether a token is valid for longer than a margin', async () => {
      await storage.save('a', token('short', 10_000))
      expect(await other.isValid('a')).toBe(true)
      expect(await other.isValid('a', 5000)).toBe(true)
      expect(await other.isValid('a', 11_000)).toBe(false)
    })

    it('has no valid token after its expiry', async () => {
      await storage.save('a', token('gone', -1000))
      expect(await other.isValid('a')).toBe(false)
    })

    it('deletes a token, and with a condition only that one', async () => {
      await storage.save('a', token('current'))
      await other.delete('a', 'previous')
      expect((await storage.load('a'))?.accessToken).toBe('current')
      await other.delete('a', 'current')
      expect(await storage.load('a')).toBeNull()
      await storage.save('a', token('next'))
      await storage.delete('a')
      expect(await other.load('a')).toBeNull()
    })

    it('runs exclusive work of one name one after the other, and returns its results', async () => {
      let running = 0
      const work = async (result: number) => {
        running += 1
        expect(running).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 10))
        running -= 1
        return result
      }
      const results = [1, 2, 3, 4, 5, 6].map((result) =>
        (result % 2 ? storage : other).exclusively('a', () => work(result)),
      )
      expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5, 6])
    })

    it('passes the failure of exclusive work on, and lets the next one run', async () => {
      const failing = storage.exclusively('a', () => Promise.reject(new Error('broken work')))
      await expect(failing).rejects.toThrow('broken work')
      expect(await other.exclusively('a', async () => 'next')).toBe('next')
    })
  })
}
