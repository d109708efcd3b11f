import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLog } from '../../src/http/log.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { CALLS } from '../features/access-calls.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const FORGED = '{"level":30,"event":"authn_login_success","userId":"forged"}'
/** Texts that would start a new line, control a terminal, reverse text, end a string or fill a disk. */
const HOSTILE = [
  `x\r\n${FORGED}`,
  `x\n${FORGED}`,
  `x\u2028${FORGED}`,
  `x\u2029${FORGED}`,
  `x\u0085${FORGED}`,
  'x\u001b[2J\u001b[31m',
  'x\u009b2J',
  'x\u007f\b\b\b',
  'x\u202egnp.exe',
  'x","event":"authn_login_success',
  `x\u0000${FORGED}`,
  'x'.repeat(90_000),
]
/** Longest line, in characters. */
const LONGEST = 4096

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

describe('the log', () => {
  const lines: string[] = []
  let gateway: TestGateway
  beforeAll(async () => {
    const log = { write: (line: string) => void lines.push(line) }
    gateway = await startGateway(
      (BACKENDS as readonly [Backend])[0],
      { LOG_LEVEL: 'debug', RATE_LIMIT_SCALE: '1000' },
      { log },
    )
  })
  afterAll(() => gateway.close())

  function expectPlainLines(): void {
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line.endsWith('\n')).toBe(true)
      expect(line.slice(0, -1)).not.toMatch(CONTROLS)
      expect(line.length).toBeLessThanOrEqual(LONGEST)
      expect(JSON.parse(line)).not.toMatchObject({ userId: 'forged' })
    }
  }

  it('has one escaped line of bounded length per entry for hostile arguments, names, headers and URLs (SR-128)', async () => {
    const { accessToken: token } = await gateway.signUp()
    const strings = Object.values(CALLS)
      .map(({ text }) => text)
      .filter((text) => text.startsWith('mutation'))
    for (const hostile of HOSTILE) {
      const input = {
        email: hostile,
        password: hostile,
        title: hostile,
        content: hostile,
        fullName: hostile,
        code: hostile,
        purpose: hostile,
      }
      for (const text of strings)
        await gateway.sendText(text, { input, id: hostile, token: hostile, refreshToken: hostile }, { token })
      await gateway.sendText(`query { ${JSON.stringify(hostile)} }`)
      await gateway.sendText('query Name { __typename }', { name: hostile })
      const header = Buffer.from(hostile.slice(0, 4000))
        .toString('latin1')
        .replace(/[\r\n\0]/g, ' ')
      const headers = {
        'user-agent': header,
        'x-request-id': header,
        authorization: `Bearer ${header}`,
        'accept-language': header,
      }
      await gateway.sendText('{ me { id } }', {}, { headers })
      await gateway.app.http.app.inject({
        method: 'GET',
        url: `/${encodeURIComponent(hostile.slice(0, 2000))}`,
      })
    }
    expectPlainLines()
  }, 60_000)

  it('has one escaped line of bounded length per hostile error (SR-128)', () => {
    lines.length = 0
    const log = createLog('info', { write: (line) => void lines.push(line) })
    for (const hostile of HOSTILE) {
      const cause = Object.assign(new Error(hostile), { code: hostile })
      log.error({ err: new Error(hostile, { cause }) }, 'request failed')
    }
    expect(lines).toHaveLength(HOSTILE.length)
    expectPlainLines()
  })
})
