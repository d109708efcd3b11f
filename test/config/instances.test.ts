import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'

function load(variables: Record<string, string>) {
  return loadConfig({ variables, readFile: () => '' })
}

it('a configuration of more than one instance rejects the store of a single process (SR-152)', () => {
  expect(load({ STATE_STORE: 'memory', INSTANCES: '1' }).store.stateStore).toEqual({ kind: 'memory' })
  expect(() => load({ STATE_STORE: 'memory', INSTANCES: '2' })).toThrow('STATE_STORE')
  for (const shared of [{ STATE_STORE: 'database' }, { REDIS_URL: 'redis://localhost' }])
    expect(load({ ...shared, INSTANCES: '2' }).store.stateStore.kind).not.toBe('memory')
})
