import { describe, expect, it } from 'vitest'
import { gatewayProcesses, postTo } from '../support/servers/gateway-process.ts'

/** Comments of one request, in lines of two characters: each line is a token in memory. */
const LINES = [32_000, 6000]
/** Requests of each size: together they would take more than half a gigabyte. */
const REQUESTS = 150

describe('parsed documents', () => {
  const { folder, start } = gatewayProcesses()

  it('do not use up the memory of the process, whatever comments they have', async () => {
    const gateway = await start({ DATA_DIR: folder() }, { nodeOptions: ['--max-old-space-size=256'] })
    for (const lines of LINES)
      for (let request = 0; request < REQUESTS; request += 1) {
        const query = `{ __typename }\n${'#\n'.repeat(lines)}#${request}`
        expect((await postTo(gateway.address, query)).data?.['__typename']).toBe('Query')
      }
    expect(await gateway.stop()).toBe(0)
  })
})
