import { expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { BACKENDS, describeOn, freshDatabase, freshRedis } from '../support/backends.ts'
import { gatewayProcesses, postTo } from '../support/servers/gateway-process.ts'

const { max } = LIMITS.resetPassword
const RESET =
  'mutation ($token: String!) { resetPassword(input: { resetToken: $token, newPassword: "a quiet harbour at dawn" }) { __typename } }'
/** The memory store belongs to one process. */
const SHARED = BACKENDS.filter(({ store }) => store !== 'memory')

describeOn(SHARED, 'a limit over two processes', (backend) => {
  const { folder, start } = gatewayProcesses()

  it('accepts exactly N of 10 N concurrent requests, half of them at each process (SR-081)', async () => {
    const home = folder()
    const settings = {
      DATA_DIR: home,
      DATABASE_URL: await freshDatabase(backend.database, home),
      STATE_STORE: backend.store,
      ...(backend.store === 'redis' ? { REDIS_URL: await freshRedis() } : {}),
      INSTANCES: '2',
      // No request must be rejected for another reason.
      MAX_IN_FLIGHT: '1000',
      MAX_LOOP_PERCENT: '100',
      REQUEST_SECONDS: '60',
    }
    const nodes = [await start(settings), await start(settings)]
    const responses = await Promise.all(
      Array.from({ length: 10 * max }, (_, index) =>
        postTo(nodes[index % 2]?.address ?? '', RESET, { token: 'x'.repeat(43) }),
      ),
    )
    const codes = responses.map(({ code }) => code)
    expect(codes.filter((code) => code === 'RESET_TOKEN_INVALID')).toHaveLength(max)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(9 * max)
    // The window opened once: all responses name the same end.
    const ends = responses.flatMap(
      ({ errors }) => Date.parse(String(errors?.[0]?.extensions['resetAt'])) || [],
    )
    expect(ends).toHaveLength(9 * max)
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(1000)
  })
})
