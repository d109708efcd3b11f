import { describe, expect, it } from 'vitest'
import { parseForwardedAddress, toNetwork } from '../../src/core/network.ts'

describe('an entry of X-Forwarded-For', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['203.0.113.7:5555', '203.0.113.7'],
    ['"203.0.113.7:5555"', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['2001:0DB8:0:0::0007', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:5555', '2001:db8::7'],
    ['"[2001:db8::7]:5555"', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:80', 'fe80::1'],
  ])('is read as an address: %j', (entry, address) => expect(parseForwardedAddress(entry)).toBe(address))

  it.each([
    ...['', 'unknown', '_hidden', 'example.com', 'example.com:80', '203.0.113', '2130706433', '0x7f.1'],
    ...['203.0.113.256', '203.0.113.7:', '203.0.113.7:123456', '[203.0.113.7', '2001:db8::7]:5', '::g'],
    ...['203.0.113.7%eth0', '"', '""', '203.0.113.7, 198.51.100.1', `${'1.'.repeat(10_000)}1`],
    `[${':'.repeat(10_000)}]`,
  ])('that is no address is not guessed at: %j', (entry) => expect(parseForwardedAddress(entry)).toBeNull())

  it('counts for the same network with every port', () => {
    const networks = ['203.0.113.7', '203.0.113.7:1', '203.0.113.7:65535', '[::ffff:203.0.113.7]:9']
      .map(parseForwardedAddress)
      .map(toNetwork)
    expect(new Set(networks)).toEqual(new Set(['203.0.113.7']))
  })
})
