import { describe, expect, it } from 'vitest'
import { selectLogStream } from '../../src/core/log-streams.ts'

describe('the stream of an entry', () => {
  it.each([
    ['http.request_completed', 'info', 'api'],
    ['http.request_slow', 'warn', 'performance'],
    ['http.request_timed_out', 'error', 'error'],
    ['authn_login_fail', 'audit', 'auth'],
    ['token.refresh.reused', 'audit', 'auth'],
    ['keys.rotated', 'info', 'auth'],
    ['keys.rotated', 'error', 'error'],
    ['circuit.opened', 'warn', 'performance'],
    ['database.migrated', 'info', 'performance'],
    ['process.uncaught_exception', 'fatal', 'error'],
    ['an_area_without_a_rule.event', 'info', 'api'],
    ['constructor.name', 'info', 'api'],
    ['', 'info', 'api'],
  ])('of %s at level %s is %s', (event, level, stream) => {
    expect(selectLogStream(event, level)).toBe(stream)
  })
})
