import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { LIMIT_TABLE, type Dimension } from '../../src/features/limits/limit-table.ts'
import { LimitService } from '../../src/features/limits/limit-service.ts'
import { deriveKey } from '../../src/core/secrets.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../backends.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { attempt, newActor, subjectOf, type Actor } from './limit-actors.ts'

const SECRET = 'f3a9c17be04d5826a1b7c9d3e5f60718'
const DAY = 24 * 3600_000
const MINUTE = 61_000

/** Somebody else whom the same counter counts. */
const SHARES: Readonly<Record<Dimension, (one: Actor, other: Actor) => Actor>> = {
  account: (one, other) => ({ ...one, network: other.network, device: null }),
  network: (one, other) => ({ ...other, network: one.network, device: null }),
  'account and network': (one) => one,
  device: (one, other) => ({ ...one, network: other.network }),
  session: (one, other) => ({ ...one, network: other.network }),
  all: (_one, other) => ({ ...other, device: null }),
}

/** Somebody whom it does not count. */
const SPARES: Readonly<Record<Dimension, (one: Actor, other: Actor) => Actor>> = {
  account: (_one, other) => ({ ...other, device: null }),
  network: (one, other) => ({ ...one, network: other.network, device: null }),
  'account and network': (one, other) => ({ ...one, network: other.network }),
  device: (one) => ({ ...one, device: null }),
  session: (_one, other) => other,
  all: (_one, other) => other,
}

/** The minute between messages is shared by strangers and known devices: the device comes second. */
const KNOWN_DEVICE_SECOND = 'otp-resend'
/** Counts everybody: no known device is spared. */
const NOBODY_SPARED = ['refresh-all']

describe('every limit', () => {
  const [, backend] = BACKENDS as readonly [Backend, Backend]
  let offset = 0
  const now = () => Date.now() + offset
  let store: StateStore
  let gateway: TestGateway
  let limits: LimitService
  beforeAll(async () => {
    store = createMemoryStore({ now })
    gateway = await startGateway(backend, { GATEWAY_SECRET: SECRET, TRUST_PROXY: '1' }, { now, store })
    limits = new LimitService({
      store,
      now,
      scale: 1,
      hashKey: deriveKey(Buffer.from(SECRET), 'limits'),
    })
  })
  afterAll(() => gateway.close())

  const cases = LIMIT_TABLE.flatMap((entry) =>
    entry.fields.map((field) => ({ ...entry, field, name: entry.rule.name })),
  )
  it.each(cases)(
    '$name lets the last one of $field in, then no other of the same $per, and others on (84)',
    async ({ field, rule, per }) => {
      offset += DAY
      const [one, other] = [await newActor(gateway, field), await newActor(gateway, field)]
      // What it took to get here has been forgotten by then.
      offset += field === 'login' ? 3_700_000 : MINUTE
      const first = per === 'device' ? one : { ...one, device: null }
      for (let taken = 1; taken < rule.max; taken += 1)
        await limits.claim(rule, ...subjectOf(rule, first, SECRET, field))
      expect((await attempt(gateway, field, first)).code).not.toBe('RATE_LIMITED')
      // Past the minute between two messages, where that is not what is looked at.
      const passMinute = () => void (offset += rule.windowMs > 60_000 ? MINUTE : 0)
      passMinute()
      const second =
        rule.name === KNOWN_DEVICE_SECOND && field === 'requestOtp' ? one : SHARES[per](first, other)
      const refused = await attempt(gateway, field, second)
      expect([refused.code, refused.errors[0]?.extensions['limit']]).toEqual(['RATE_LIMITED', rule.max])
      if (NOBODY_SPARED.includes(rule.name) || (per === 'all' && field === 'register')) return
      passMinute()
      expect((await attempt(gateway, field, SPARES[per](first, other))).code).not.toBe('RATE_LIMITED')
    },
  )
})
