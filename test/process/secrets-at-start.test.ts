import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'
import type { Setting } from '../../src/config/setting-group.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { gatewayProcesses } from '../support/servers/gateway-process.ts'
import { runGateway } from '../support/servers/gateway-process.ts'

const SECRET = 'canary-9f2c47d1b86e03a5c4d7e8f90a1b2c3d'

/** The problems with a secret in a world-readable file. */
function findProblems(name: string, path: string): readonly string[] {
  // A setting that is read only with another one needs that one.
  const { onlyWith } = SETTINGS[name as keyof typeof SETTINGS] as Setting
  const variables = { [`${name}_FILE`]: path, ...(onlyWith?.[0] !== undefined && { [onlyWith[0]]: 'set' }) }
  return collectProblems(() => loadConfig({ variables, readFile: () => SECRET, isWorldReadable: () => true }))
}

describe('a secret', () => {
  const { folder, start } = gatewayProcesses()

  it('in a world-readable file fails the start, for every setting that holds a secret (SR-129)', () => {
    const named = Object.keys(SETTINGS).filter((name) =>
      /SECRET|_PASSWORD$|KEYS$|_KEY$|_AUTH_TOKEN$|_HEADERS$|(DATABASE|DIRECT|REPLICA|REDIS|SMTP)_URL$/.test(
        name,
      ),
    )
    const secrets = Object.entries<Setting>(SETTINGS).filter(([, { secret }]) => secret)
    expect(secrets.map(([name]) => name).sort()).toEqual(named.sort())
    for (const name of named)
      expect(findProblems(name, '/etc/gateway/secret')).toContain(
        `${name}_FILE: expected a file that is not world-readable (mode 0640 or less)`,
      )
    expect(findProblems('PORT', '/etc/gateway/port').join()).not.toContain('world-readable')
    for (const path of ['/run/secrets/gateway', '/var/run/secrets/gateway'])
      expect(findProblems('GATEWAY_SECRET', path)).toEqual([])
  })

  it('that is missing, short, repetitive or world-readable fails the start with status 78, and is not printed (SR-129)', async () => {
    const path = folder()
    const file = join(path, 'secret')
    writeFileSync(file, SECRET)
    const environment = { DATA_DIR: path, NODE_ENV: 'production' }
    const wrong = [
      { GATEWAY_SECRET_FILE: join(path, 'nowhere') },
      { GATEWAY_SECRET: 'canary-short' },
      { GATEWAY_SECRET: 'a'.repeat(40) },
      { GATEWAY_SECRET_FILE: file },
      { JWT_ALGORITHM: 'HS256' },
    ]
    chmodSync(path, 0o755)
    chmodSync(file, 0o644)
    for (const settings of wrong) {
      const { status, output } = await runGateway({ ...environment, ...settings })
      expect([status, output.includes('canary')]).toEqual([78, false])
    }
    chmodSync(file, 0o640)
    const gateway = await start({ ...environment, GATEWAY_SECRET_FILE: file })
    expect(gateway.output()).not.toContain('canary')
  }, 60_000)

  it('is accepted as Kubernetes and Swarm mount it, and not from another folder that all can enter (SR-129, SR-197)', async () => {
    const path = folder()
    chmodSync(path, 0o755)
    const mount = join(path, 'kubernetes')
    mkdirSync(join(mount, '..2026_01_31'), { recursive: true })
    chmodSync(mount, 0o1777)
    writeFileSync(join(mount, '..2026_01_31/secret'), SECRET)
    chmodSync(join(mount, '..2026_01_31/secret'), 0o644)
    symlinkSync('..2026_01_31', join(mount, '..data'))
    symlinkSync('..data/secret', join(mount, 'secret'))
    symlinkSync('..2026_01_31/secret', join(mount, 'other'))
    const closed = join(path, 'closed')
    mkdirSync(join(closed, 'inner'), { recursive: true })
    writeFileSync(join(closed, 'inner/secret'), SECRET)
    chmodSync(join(closed, 'inner/secret'), 0o444)
    chmodSync(closed, 0o750)
    const statusWith = async (file: string) =>
      (await runGateway({ DATA_DIR: join(path, 'data'), GATEWAY_SECRET_FILE: file }, ['keys', 'generate']))
        .status
    expect(await statusWith(join(mount, 'secret'))).toBe(0)
    expect(await statusWith(join(closed, 'inner/secret'))).toBe(0)
    for (const file of ['kubernetes/other', 'kubernetes/..2026_01_31/secret'])
      expect([file, await statusWith(join(path, file))]).toEqual([file, 78])
    chmodSync(closed, 0o755)
    expect(await statusWith(join(closed, 'inner/secret'))).toBe(78)
  }, 60_000)

  it('is in no response to monitoring, nor is any other value of the environment (SR-129)', async () => {
    const { address } = await start({
      DATA_DIR: folder(),
      GATEWAY_SECRET: SECRET,
      JWT_AUDIENCE: 'canary-audience',
      PUBLIC_URL: 'https://auth.example.com',
    })
    const paths = [
      '/livez',
      '/readyz',
      '/healthz',
      '/readyz?verbose',
      '/metrics',
      '/',
      '/env',
      '/.env',
      '/.git/config',
      '/graphql',
      '/.well-known/jwks.json',
      '/.well-known/openid-configuration',
    ]
    for (const path of paths) {
      const response = await fetch(`${address}${path}`)
      const text = JSON.stringify([...response.headers]) + (await response.text())
      expect([path, text.includes('canary'), text.includes(process.versions.node)]).toEqual([
        path,
        false,
        false,
      ])
    }
  })
})
