import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig, ConfigError } from '../../src/config/load-config.ts'
import type { Setting } from '../../src/config/setting-group.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { gatewayProcesses } from '../support/servers/gateway-process.ts'
import { runGateway } from '../support/servers/gateway-process.ts'

const SECRET = 'canary-9f2c47d1b86e03a5c4d7e8f90a1b2c3d'

/** The problems with a secret in a world-readable file. */
function problemsOf(name: string, path: string): readonly string[] {
  try {
    // A setting that is read only with another one needs that one.
    const { onlyWith } = SETTINGS[name as keyof typeof SETTINGS] as Setting
    const variables = { [`${name}_FILE`]: path, ...(onlyWith && { [onlyWith]: 'set' }) }
    loadConfig({ variables, readFile: () => SECRET, isWorldReadable: () => true })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('a secret', () => {
  const { folder, start } = gatewayProcesses()

  it('in a world-readable file stops the start, for every setting that holds one (SR-129)', () => {
    const named = Object.keys(SETTINGS).filter((name) =>
      /SECRET|_PASSWORD$|KEYS$|_KEY$|_AUTH_TOKEN$|(DATABASE|REDIS|SMTP)_URL$/.test(name),
    )
    const secrets = Object.entries<Setting>(SETTINGS).filter(([, { secret }]) => secret)
    expect(secrets.map(([name]) => name).sort()).toEqual(named.sort())
    for (const name of named)
      expect(problemsOf(name, '/etc/gateway/secret')).toContain(
        `${name}_FILE: expected a file that is not world-readable (mode 0640 or less)`,
      )
    expect(problemsOf('PORT', '/etc/gateway/port').join()).not.toContain('world-readable')
    for (const path of ['/run/secrets/gateway', '/var/run/secrets/gateway'])
      expect(problemsOf('GATEWAY_SECRET', path)).toEqual([])
  })

  it('that is missing, short, an example or open to all ends a real start with status 78, and is not repeated (SR-129)', async () => {
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

  it('is in no answer to monitoring, nor anything else of the environment (SR-129)', async () => {
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
