import { describe, expect, it } from 'vitest'
import { DEVICE_TOKEN_SECONDS, createDeviceTokens } from '../../src/core/device-tokens.ts'
import { keyedHash, systemRandom } from '../../src/core/secrets.ts'

const KEYS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const
let at = 1_700_000_000_000
const devices = createDeviceTokens({ keys: KEYS, random: systemRandom, now: () => at })
const ada = { id: 'ada', securityStamp: 3 }

describe('a device token', () => {
  it('is recognized for its account and security stamp only, and names both (SR-176)', () => {
    const token = devices.issue(ada, false)
    const device = devices.verify(token, 'ada')
    expect(device).toMatchObject({ userId: 'ada', securityStamp: 3 })
    expect(devices.recognize(token, ada)).toBe(device?.name)
    for (const securityStamp of [2, 4]) expect(devices.recognize(token, { ...ada, securityStamp })).toBeNull()
    expect(devices.verify(token, 'bob')).toBeNull()
    expect(devices.recognize(token, { id: 'bob', securityStamp: 3 })).toBeNull()
  })

  it('says whether the device has used a password or a second factor, and keeps it at a renewal (SR-205)', () => {
    const risen = { ...ada, securityStamp: 4 }
    for (const isBeyondContact of [true, false]) {
      const token = devices.issue(ada, isBeyondContact)
      expect(devices.verify(token, 'ada')).toMatchObject({ securityStamp: 3, isBeyondContact })
      const renewed = devices.verify(devices.renew(risen, token), 'ada')
      expect(renewed).toMatchObject({ securityStamp: 4, isBeyondContact })
    }
    for (const token of [null, devices.issue({ id: 'bob', securityStamp: 3 }, true), 'forged'])
      expect(devices.verify(devices.renew(risen, token), 'ada')?.isBeyondContact).toBe(false)
    const [name, end, stamp, mac] = devices.issue(ada, false).split('.')
    expect(devices.verify([name, end, `${stamp}p`, mac].join('.'), 'ada')).toBeNull()
  })

  it('is rejected with any part replaced, and after its expiry (SR-083)', () => {
    const parts = devices.issue(ada, false).split('.')
    const foreign = ['A'.repeat(24), String(Number(parts[1]) + 1), '4', 'A'.repeat(43)]
    for (const [index, part] of foreign.entries())
      expect(devices.verify(parts.with(index, part).join('.'), 'ada')).toBeNull()
    expect(devices.verify(parts.toSpliced(2, 1).join('.'), 'ada')).toBeNull()
    at += DEVICE_TOKEN_SECONDS * 1000
    expect(devices.verify(parts.join('.'), 'ada')).toBeNull()
  })

  it('of an earlier version, without a stamp, is recognized until the stamp first rises (SR-172, SR-176)', () => {
    const end = String(Math.floor(at / 1000) + 60)
    const name = 'n'.repeat(24)
    const token = `${name}.${end}.${keyedHash(KEYS[1], 'device', 'ada', name, end)}`
    expect(devices.recognize(token, { id: 'ada', securityStamp: 1 })).toBe(name)
    expect(devices.recognize(token, ada)).toBeNull()
  })
})
