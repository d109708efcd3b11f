import { chmodSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkStateStore } from '../../../src/adapters/state-store/index.ts'
import { MemcachedStore } from '../../../src/adapters/state-store/memcached.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { removeFolder, temporaryFolder } from '../../support/backends.ts'
import { createAuthority } from '../../support/certificate-authority.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startMemcached, type MemcachedServer } from '../../support/servers/memcached.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

describeWith(['memcached'], 'Memcached with TLS', () => {
  const folder = temporaryFolder()
  const authority = createAuthority(folder, 'authority')
  const stranger = createAuthority(folder, 'stranger')
  const servers: MemcachedServer[] = []
  beforeAll(async () => {
    chmodSync(folder, 0o755)
    for (const [name, names] of Object.entries({ own: 'IP:127.0.0.1', foreign: 'DNS:other.example.com' })) {
      const { certFile, keyFile } = authority.issue(name, { names })
      // The server reads them as another user.
      for (const file of [certFile, keyFile]) chmodSync(file, 0o644)
      servers.push(await startMemcached(['-M'], { certFile, keyFile }))
    }
  })
  afterAll(async () => {
    for (const server of servers) await server.stop()
    removeFolder(folder)
  })

  function configure(index: number, settings: Record<string, string>) {
    const variables = { MEMCACHED_SERVERS: servers[index]?.address ?? '', ...settings }
    const { stateStore } = loadConfig({ variables, readFile: () => '' }).store
    if (stateStore.kind !== 'memcached') throw new Error('another store was selected')
    return stateStore
  }
  /** The value that a store has written and read; the code of its error otherwise. */
  async function writeAndRead(index: number, settings: Record<string, string>): Promise<unknown> {
    const store = new MemcachedStore({
      config: configure(index, settings),
      now: Date.now,
      random: systemRandom,
      log: SILENT_LOGGER,
    })
    try {
      await store.set('key', 'value', MINUTE_MS)
      return (await store.get(['key']))[0]
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    } finally {
      await store.close()
    }
  }

  it('writes and reads where the certificate is of the authority and names the host', async () => {
    const settings = { MEMCACHED_TLS: 'on', MEMCACHED_CA: authority.cert }
    expect(await writeAndRead(0, settings)).toBe('value')
    const found = await checkStateStore(configure(0, settings), { random: systemRandom })
    expect(found.filter(({ severity }) => severity === 'refusal')).toEqual([])
  })

  it.each([
    ['of another authority', 0, { MEMCACHED_TLS: 'on', MEMCACHED_CA: stranger.cert }],
    ['of an authority that no setting names', 0, { MEMCACHED_TLS: 'on' }],
    ['for another host', 1, { MEMCACHED_TLS: 'on', MEMCACHED_CA: authority.cert }],
  ] as const)('sends nothing to a server whose certificate is %s', async (_what, index, settings) => {
    expect(await writeAndRead(index, settings)).toBe('SERVICE_UNAVAILABLE')
  })

  it('is unavailable where the settings say nothing of TLS', async () => {
    expect(await writeAndRead(0, {})).toBe('SERVICE_UNAVAILABLE')
  })
})
