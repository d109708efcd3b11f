import { describe, expect, it } from 'vitest'
import { maskEmail, maskIpAddress, parseEmail } from '../../src/core/contact.ts'

describe('e-mail addresses', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace@EXAMPLE.com ', 'ada.lovelace@example.com'],
    ['ada+tag@example.com', 'ada+tag@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('parse %j as %j (12)', (input, canonical) => expect(parseEmail(input)).toBe(canonical))

  it.each([
    '',
    '@',
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'a b@example.com',
    'ada@exa mple.com',
    'ada@example.com\r\nBcc: x@y.z',
    'ada\n@example.com',
    '"ada"@example.com',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'a..b@example.com',
    '.a@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    'ada@-example.com',
    'ada@exam_ple.com',
    'ada@example.com\0',
    '\ud800@example.com',
  ])('reject %j', (input) => expect(parseEmail(input)).toBeNull())

  it.each(['admın@example.com', 'ſam@example.com', '\u212Aate@example.com', 'аda@example.com'])(
    'refuse the confusable %s rather than fold it onto another (12)',
    (input) => {
      expect(parseEmail(input)).toBeNull()
    },
  )

  it('are parsed in linear time (124)', () => {
    const started = performance.now()
    for (const hostile of [
      `${'a.'.repeat(50_000)}@`,
      `${'a'.repeat(100_000)}@example.com`,
      `a@${'a.'.repeat(50_000)}`,
      `a@${'-'.repeat(100_000)}`,
    ])
      parseEmail(hostile)
    expect(performance.now() - started).toBeLessThan(40)
  })

  it('are masked', () =>
    expect(maskEmail(parseEmail('ada@example.com') ?? ('' as never))).toBe('a***@example.com'))
})

describe('IP addresses', () => {
  it.each([
    ['203.0.113.7', '203.0.113.x'],
    ['::ffff:203.0.113.7', '203.0.113.x'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::x'],
    ['2001:db8::1', '2001:db8::x'],
    ['::1', '::x'],
  ])('%s is masked as %s', (address, masked) => expect(maskIpAddress(address)).toBe(masked))
})
