import { describe, expect, it } from 'vitest'
import { maskIpAddress } from '../../src/core/contact.ts'

describe('IP addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.x'],
    ['::ffff:203.0.113.7', '203.0.113.x'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::x'],
    ['2001:db8::1', '2001:db8::x'],
    ['::1', '::x'],
  ])('%s is masked as %s', (address, masked) => expect(maskIpAddress(address)).toBe(masked))
})
