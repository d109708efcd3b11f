import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import type { Dimension } from '../../src/features/limits/limit-record.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { LimitService } from '../../src/features/limits/limit-service.ts'
import { deriveKey } from '../../src/core/secrets.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { attempt, newActor, subjectOf, type Actor } from './limit-actors.ts'

const SECRET = 'f3a9c17be04d5826a1b7c9d3e5f60718'
const DAY = 24 * 3600_000
const MINUTE = 61_000

type Tried = Exclude<Dimension, 'number block'>
/** What can be used wrongly any number of times; the others have suites of their own. */
const FIELDS = [
  'login',
  'requestOtp',
  'verifyOtp',
  'register',
  'registerPhone',
  'resetPassword',
  'verifyMfa',
  'createPost',
  'refresh',
]
/**
 * Counted elsewhere than by `LimitService.claim` with its name, or after a right first step: messages, text
 * messages, second factors.
 */
const APART = /^(otp-(resends?|hourly|daily)|sms-|mfa-)/

/** The rules that are tried here, each at every field that it limits. */
const CASES = Object.values(LIMITS).flatMap((limit) => {
  const { per, name, windowMs } = limit
  if (!('max' in limit) || per === 'number block' || APART.test(name)) return []
  const rule = { name, windowMs, max: limit.max }
  return limit.fields.filter((field) => FIELDS.includes(field)).map((field) => ({ field, per, name, rule }))
})

/** Somebody else whom the same counter counts. */
const SHARES: Readonly<Record<Tried, (one: Actor, other: Actor) => Actor>> = {
  account: (one, other) => ({ ...one, network: other.network, device: null }),
  network: (one, other) => ({ ...other, network: one.network, device: null }),
  'account and network': (one) => one,
  device: (one, other) => ({ ...one, network: other.network }),
  session: (one, other) => ({ ...one, network: other.network }),
  all: (_one, other) => ({ ...other, device: null }),
}

/** Somebody whom it does not count. */
const SPARES: Readonly<Record<Tried, (one: Actor, other: Actor) => Actor>> = {
  account: (_one, other) => ({ ...other, device: null }),
  network: (one, other) => ({ ...one, network: other.network, device: null }),
  'account and network': (one, other) => ({ ...one, network: other.network }),
  device: (one) => ({ ...one, device: null }),
  session: (_one, other) => other,
  all: (_one, other) => other,
}

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

  it.each(CASES)(
    '$name lets the last one of $field in, then no other of the same $per, and others on (SR-084)',
    async ({ field, rule, per }) => {
      offset += DAY
      const wait = () => void (offset += MINUTE)
      const [one, other] = [await newActor(gateway, field, wait), await newActor(gateway, field, wait)]
      // What it took to get here has been forgotten by then.
      offset += field === 'login' ? 3_700_000 : MINUTE
      const first = per === 'device' ? one : { ...one, device: null }
      for (let taken = 1; taken < rule.max; taken += 1)
        await limits.claim(rule, ...subjectOf(rule, first, SECRET))
      expect((await attempt(gateway, field, first)).code).not.toBe('RATE_LIMITED')
      // Past the minute between two messages, where that is not what is looked at.
      const passMinute = () => void (offset += rule.windowMs > 60_000 ? MINUTE : 0)
      passMinute()
      const refused = await attempt(gateway, field, SHARES[per](first, other))
      expect([refused.code, refused.errors[0]?.extensions['limit']]).toEqual(['RATE_LIMITED', rule.max])
      if (NOBODY_SPARED.includes(rule.name)) return
      passMinute()
      expect((await attempt(gateway, field, SPARES[per](first, other))).code).not.toBe('RATE_LIMITED')
    },
  )
})
