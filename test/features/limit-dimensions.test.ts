import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import type { Dimension } from '../../src/features/limits/limit-record.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { LimitService } from '../../src/features/limits/limit-service.ts'
import { deriveKey } from '../../src/core/secrets.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { attempt, newActor, buildKeyParts, type Actor } from './limit-actors.ts'

const SECRET = 'f3a9c17be04d5826a1b7c9d3e5f60718'
const DAY = 24 * 3600_000
const MINUTE = 61_000

type TestedDimension = Exclude<Dimension, 'number block' | 'API key'>
/** Fields that accept any number of failed calls. Other tests cover the remaining fields. */
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
 * Limits of messages, text messages and second factors: not counted by `LimitService.claim` under their name,
 * or only after a successful first step.
 */
const EXCLUDED = /^(otp-(resends?|hourly|daily)|sms-|mfa-)/

/** The tested limits, each with every field that it limits. */
const CASES = Object.values(LIMITS).flatMap((limit) => {
  const { per, name, windowMs } = limit
  if (!('max' in limit) || per === 'number block' || per === 'API key' || EXCLUDED.test(name)) return []
  const rule = { name, windowMs, max: limit.max }
  return limit.fields.filter((field) => FIELDS.includes(field)).map((field) => ({ field, per, name, rule }))
})

/** Another actor that the same counter counts. */
const SAME_COUNTER: Readonly<Record<TestedDimension, (one: Actor, other: Actor) => Actor>> = {
  account: (one, other) => ({ ...one, network: other.network, device: null }),
  network: (one, other) => ({ ...other, network: one.network, device: null }),
  'account and network': (one) => one,
  device: (one, other) => ({ ...one, network: other.network }),
  session: (one, other) => ({ ...one, network: other.network }),
  all: (_one, other) => ({ ...other, device: null }),
}

/** Another actor that the counter does not count. */
const OTHER_COUNTER: Readonly<Record<TestedDimension, (one: Actor, other: Actor) => Actor>> = {
  account: (_one, other) => ({ ...other, device: null }),
  network: (one, other) => ({ ...one, network: other.network, device: null }),
  'account and network': (one, other) => ({ ...one, network: other.network }),
  device: (one) => ({ ...one, device: null }),
  session: (_one, other) => other,
  all: (_one, other) => other,
}

/** Limits that count every client, known devices included. */
const COUNTS_ALL = ['refresh-all']

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
    '$name accepts its last call of $field, rejects the next one of the same $per, and accepts others (SR-084)',
    async ({ field, rule, per }) => {
      offset += DAY
      const wait = () => void (offset += MINUTE)
      const [one, other] = [await newActor(gateway, field, wait), await newActor(gateway, field, wait)]
      // The windows of the calls that prepared the actors have ended by then.
      offset += field === 'login' ? 3_700_000 : MINUTE
      const first = per === 'device' ? one : { ...one, device: null }
      for (let claims = 1; claims < rule.max; claims += 1)
        await limits.claim(rule, ...buildKeyParts(rule, first, SECRET))
      expect((await attempt(gateway, field, first)).code).not.toBe('RATE_LIMITED')
      // Pass the minimum time between two messages, unless that is the tested limit.
      const passMinute = () => void (offset += rule.windowMs > 60_000 ? MINUTE : 0)
      passMinute()
      const rejected = await attempt(gateway, field, SAME_COUNTER[per](first, other))
      expect([rejected.code, rejected.errors[0]?.extensions['limit']]).toEqual(['RATE_LIMITED', rule.max])
      if (COUNTS_ALL.includes(rule.name)) return
      passMinute()
      expect((await attempt(gateway, field, OTHER_COUNTER[per](first, other))).code).not.toBe('RATE_LIMITED')
    },
  )
})
