import { describe, expect, it } from 'vitest'
import { toFastifyLogger } from '../../src/composition/fastify-logger.ts'
import { createLog } from '../../src/http/log.ts'
import type { LogFacts } from '../../src/ports/logger.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'

function createRecorder() {
  const entries: [LogFacts, string][] = []
  const logger = {
    ...SILENT_LOGGER,
    error: (facts: LogFacts, message: string) => void entries.push([facts, message]),
  }
  return { entries, log: toFastifyLogger(logger) }
}

describe('the log of an embedding program', () => {
  it('gets the facts of a child with each entry, through its serializers', () => {
    const { entries, log } = createRecorder()
    const serializers = { req: (request: { method: string }) => ({ method: request.method }) }
    const child = log.child({ requestId: 'r1' }).child({ service: 'x' }, { serializers })
    child.error({ event: 'a.b', req: { method: 'POST', headers: { cookie: 'secret' } } }, 'failed')
    expect(entries).toEqual([
      [{ requestId: 'r1', service: 'x', event: 'a.b', req: { method: 'POST' } }, 'failed'],
    ])
  })

  it('gets errors reduced to what may be logged', () => {
    const { entries, log } = createRecorder()
    const error = Object.assign(new Error('failed'), {
      code: 'P2010',
      meta: { parameters: ['ada@example.com'] },
    })
    log.error({ err: error }, 'query failed')
    log.error(error)
    for (const [facts] of entries) {
      expect(facts['err']).toMatchObject({ type: 'Error', reason: 'P2010', message: 'failed' })
      expect(JSON.stringify(facts)).not.toContain('ada@example.com')
    }
    expect(entries.map(([, message]) => message)).toEqual(['query failed', 'failed'])
  })

  it('gets a message without facts, as Apollo Server logs it', () => {
    const { entries, log } = createRecorder()
    log.error('failed')
    expect(entries).toEqual([[{ event: 'library.message' }, 'failed']])
  })

  it('is used directly if it is a pino logger', () => {
    const log = createLog('silent')
    expect(toFastifyLogger(log)).toBe(log)
  })
})
