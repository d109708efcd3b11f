import { describe, expect, it } from 'vitest'
import { gatewayProcesses, postTo } from '../support/servers/gateway-process.ts'

/** Together they would take more than the memory of the process, with their sources and comments. */
const DOCUMENTS = 2000
const IGNORED = ','.repeat(80_000)
const COMMENTS = '#\n'.repeat(900)

describe('parsed documents', () => {
  const { folder, start } = gatewayProcesses()

  it('do not use up the memory of the process, whatever sources and comments they have', async () => {
    const gateway = await start({ DATA_DIR: folder() }, { nodeOptions: ['--max-old-space-size=256'] })
    for (let index = 0; index < DOCUMENTS; index += 1) {
      const { data } = await postTo(gateway.address, `{ __typename ${IGNORED} }\n${COMMENTS}#${index}`)
      expect(data?.['__typename']).toBe('Query')
    }
    expect(await gateway.stop()).toBe(0)
  })
})
