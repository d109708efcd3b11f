import { describe, expect, it } from 'vitest'
import { recordEnvironment, replayEnvironment } from '../../../src/config/environment-snapshot.ts'
import { loadConfig } from '../../../src/config/load-config.ts'

const load = (variables: Record<string, string>) => loadConfig({ variables, readFile: () => '' })

describe('the settings of workers', () => {
  it('are off by default, and count or auto', () => {
    expect(load({}).workers).toBeNull()
    expect(load({ WORKERS: 'auto' }).workers).toEqual({ count: 'auto', pidPath: './data/gateway.pid' })
    expect(load({ WORKERS: '64', DATA_DIR: '/var/lib/g/', PID_PATH: '/run/g.pid' }).workers).toEqual({
      count: 64,
      pidPath: '/run/g.pid',
    })
    expect(load({ WORKERS: '1', DATA_DIR: '/var/lib/g/' }).workers?.pidPath).toBe('/var/lib/g/gateway.pid')
  })

  it.each(['0', '65', '-1', '1.5', 'all', ' 2'])('reject %j as a number of workers', (WORKERS) => {
    expect(() => load({ WORKERS })).toThrow('WORKERS: expected a whole number from 1 to 64, or auto')
  })

  it.each(['1', '2', 'auto'])(
    'reject a state store in memory with %s, because a reload has two processes',
    (WORKERS) => {
      expect(() => load({ WORKERS, STATE_STORE: 'memory' })).toThrow('STATE_STORE: must be')
    },
  )

  it('reject log files, which several processes cannot rotate', () => {
    expect(() => load({ WORKERS: '2', LOG_DIR: '/var/log/gateway' })).toThrow('LOG_DIR: must not be set with')
  })

  it('count as instances for the number of connections', () => {
    expect(load({ WORKERS: '4' }).database.instances).toBe(4)
    expect(load({ WORKERS: '4', INSTANCES: '12' }).database.instances).toBe(12)
  })
})

describe('a recorded environment', () => {
  it('gives the same settings after its files have changed', () => {
    const files = new Map([['secret', 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h']])
    const source = {
      variables: { GATEWAY_SECRET_FILE: 'secret', PRODUCT_NAME: 'Recorded' },
      readFile: (path: string) => files.get(path) ?? '',
    }
    const recorded = recordEnvironment(source)
    const config = loadConfig(recorded.environment)
    files.set('secret', '')
    // As it is sent to a worker.
    const environment = replayEnvironment(structuredClone(recorded.snapshot()))
    expect(loadConfig(environment)).toEqual(config)
    expect(() => environment.readFile('another')).toThrow('another was not recorded')
  })
})
