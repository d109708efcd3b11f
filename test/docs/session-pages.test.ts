import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/config/settings.ts'
import { removeFolder } from '../support/backends.ts'
import { loadPageCode, type PageCode } from '../support/page-code.ts'
import { gatewayProcesses, postTo, runGateway, signUpAt } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/sessions.md'), 'utf8')

interface Recipe {
  readonly watchSession: (
    address: string,
    accessToken: string,
    onNews: (news: { kind: string; reason: string | null }) => void,
  ) => () => void
}

describe('the page on sessions', () => {
  const { folder, start } = gatewayProcesses()
  let code: PageCode
  beforeAll(async () => {
    code = await loadPageCode('docs/sessions.md')
    // Browsers and Node 22 have a WebSocket; Node 20 has none.
    globalThis.WebSocket ??= (await import('ws')).WebSocket as unknown as typeof globalThis.WebSocket
  })
  afterAll(() => removeFolder(code.folder))

  it('shows a subscription that notifies a tab when its session ends', async () => {
    const gateway = await start({ DATA_DIR: folder() })
    const token = await signUpAt(gateway)
    const news: unknown[] = []
    const { watchSession } = code.exports as Recipe
    const stop = watchSession(`${gateway.address}/graphql`, token, (one) => news.push(one))
    const logout = 'mutation { logout { messageKey } }'
    await new Promise((done) => setTimeout(done, 300))
    await postTo(gateway.address, logout, {}, { authorization: `Bearer ${token}` })
    await eventually(async () => news.length > 0, 5000)
    expect(news[0]).toEqual({ kind: 'ENDED', reason: 'LOGOUT' })
    stop()
  })

  it('names settings that exist, with their defaults', () => {
    const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)[`=]/g)].map(([, name]) => name ?? '')
    const codes = ['TOKEN_INVALID', 'REFRESH_REUSED', 'SERVICE_UNAVAILABLE', 'TOKEN_EXPIRED']
    expect(named.filter((name) => !codes.includes(name) && !(name in SETTINGS))).toEqual([])
    const value = (name: keyof typeof SETTINGS) => SETTINGS[name].type.parse(undefined)
    expect([
      value('ACCESS_TOKEN_MINUTES'),
      value('REFRESH_TOKEN_DAYS'),
      value('SESSION_MAX_DAYS'),
      value('SESSIONS_PER_USER'),
      value('REFRESH_GRACE_SECONDS'),
      value('KEY_ROTATION_DAYS'),
    ]).toEqual([15, 7, 30, 20, 30, 90])
  })

  it('names commands that exist', async () => {
    const { output } = await runGateway({}, ['keys', '--help'])
    const named = [...page.matchAll(/`gateway keys ([a-z-]+)/g)].map(([, name]) => name ?? '')
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter((name) => !output.includes(name))).toEqual([])
  })
})
