import { describe, expect, it } from 'vitest'
import { createLog, type LogOptions } from '../../src/http/log.ts'

type Entry = Readonly<Record<string, unknown>>

function open(options: LogOptions = {}) {
  const lines: string[] = []
  const log = createLog('debug', { write: (line) => void lines.push(line) }, options)
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line) as Entry) }
}

describe('the log', () => {
  it('names the stream of each entry, which no fact replaces', () => {
    const { log, entries } = open()
    log.info({ event: 'http.request_completed', log: 'auth' }, 'request completed')
    log.audit({ event: 'authn_login_fail' }, 'security event')
    log.child({ requestId: 'r1', log: 'auth' }).warn({ event: 'circuit.opened' }, 'opened')
    log.error({ event: 'keys.rotated' }, 'failed')
    log.info('text of a library')
    log.error(new Error('of a library'))
    expect(entries().map(({ event, log: stream }) => [event, stream])).toEqual([
      ['http.request_completed', 'api'],
      ['authn_login_fail', 'auth'],
      ['circuit.opened', 'performance'],
      ['keys.rotated', 'error'],
      ['library.message', 'api'],
      ['library.message', 'error'],
    ])
  })

  it.each(['plain', 'ecs'] as const)('redacts secrets in the format %s (SR-125)', (format) => {
    const { log, lines } = open({ format })
    const secrets = { token: 'canary', password: 'canary', variables: { input: 'canary' } }
    log.info({ event: 'a.b', ...secrets, nested: secrets }, 'facts')
    log.child({ refreshToken: 'canary', cookie: 'canary' }).info({ event: 'a.b' }, 'bindings')
    expect(lines.join('')).not.toContain('canary')
    expect(lines.join('').match(/\[redacted\]/g)).toHaveLength(8)
  })

  it('redacts properties of objects, and nothing else of them', () => {
    const { log, entries } = open()
    const err = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const facts = { at: new Date(0), list: ['token'], own: { code: 'canary', name: 'kept' }, none: null }
    log.warn({ event: 'a.b', err, ...facts }, 'entry')
    expect(entries()).toMatchObject([
      {
        err: { message: 'refused', reason: 'ECONNREFUSED' },
        at: '1970-01-01T00:00:00.000Z',
        list: ['token'],
        own: { code: '[redacted]', name: 'kept' },
        none: null,
      },
    ])
  })

  it('redacts properties of errors that are not `err`, and of objects in the facts of children', () => {
    const { log, lines } = open()
    const other = Object.assign(new Error('refused'), { token: 'canary' })
    log.warn({ event: 'a.b', other }, 'entry')
    log.child({ own: { token: 'canary' } }).info({ event: 'a.b' }, 'child')
    log
      .child({})
      .child({ own: { token: 'canary' } })
      .info({ event: 'a.b' }, 'child of a child')
    expect(lines.join('')).not.toContain('canary')
    expect(lines.join('').match(/\[redacted\]/g)).toHaveLength(3)
  })

  it('escapes controls in both formats (SR-128)', () => {
    for (const format of ['plain', 'ecs'] as const) {
      const { log, lines } = open({ format })
      log.info({ event: 'a.b', origin: 'x\u2028y\u009bz\n' }, 'text')
      expect(lines.join('')).toContain('x\\u2028y\\u009bz\\n')
      expect(lines.join('').split('\n')).toHaveLength(2)
    }
  })

  it('hands each line to the file of its stream, after the destination has it', () => {
    const order: string[] = []
    const log = createLog(
      'info',
      { write: (line) => void order.push(`output ${line}`) },
      { writeToFile: (stream, line) => void order.push(`${stream} ${line}`) },
    )
    log.info({ event: 'http.request_completed' }, 'request completed')
    log.child({ requestId: 'r1' }).audit({ event: 'authn_login_fail' }, 'security event')
    const [first = '', second = '', third = '', fourth = ''] = order
    expect(second).toBe(first.replace(/^output/, 'api'))
    expect(fourth).toBe(third.replace(/^output/, 'auth'))
  })
})
