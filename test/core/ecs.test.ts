import { describe, expect, it } from 'vitest'
import { renameToEcs } from '../../src/core/ecs.ts'

describe('an entry under the names of the Elastic Common Schema', () => {
  it('begins with the fields that the loggers of Elastic begin with', () => {
    const entry = { level: 'info', event: 'server.listening', time: '2026-01-01T08:00:00.000Z', msg: 'text' }
    expect(Object.keys(renameToEcs(entry)).slice(0, 4)).toEqual([
      '@timestamp',
      'log.level',
      'message',
      'ecs.version',
    ])
  })

  it('has every value once, under a name of the schema or below gateway', () => {
    const entry = {
      level: 'info',
      time: '2026-01-01T08:00:00.000Z',
      requestId: 'r1',
      traceId: 't1',
      event: 'http.request_completed',
      log: 'api',
      method: 'POST',
      route: '/graphql',
      status: 200,
      ms: 12,
      userId: 'u1',
      sessionId: 's1',
      codes: ['FORBIDDEN'],
      sampleRate: 0.1,
      msg: 'request completed',
    }
    expect(renameToEcs(entry)).toEqual({
      '@timestamp': '2026-01-01T08:00:00.000Z',
      'log.level': 'info',
      message: 'request completed',
      'ecs.version': '8.11.0',
      'service.name': 'graphql-auth-gateway',
      'http.request.id': 'r1',
      'trace.id': 't1',
      'event.action': 'http.request_completed',
      'event.dataset': 'graphql-auth-gateway.api',
      'http.request.method': 'POST',
      'gateway.route': '/graphql',
      'http.response.status_code': 200,
      'event.duration': 12_000_000,
      'user.id': 'u1',
      'gateway.session_id': 's1',
      'gateway.codes': ['FORBIDDEN'],
      'gateway.sample_rate': 0.1,
    })
  })

  it('has the parts of an error, and its causes as one value', () => {
    const cause = { type: 'TypeError', message: 'inner' }
    const err = {
      type: 'Error',
      reason: 'ECONNREFUSED',
      message: 'outer',
      stack: ['  at a', '  at b'],
      cause,
    }
    expect(renameToEcs({ level: 'error', err })).toMatchObject({
      'error.type': 'Error',
      'error.code': 'ECONNREFUSED',
      'error.message': 'outer',
      'error.stack_trace': '  at a\n  at b',
      'gateway.error_cause': cause,
    })
    expect(renameToEcs({ level: 'error', err: { type: 'string' } })).toMatchObject({ 'error.type': 'string' })
  })
})
