import { describe, expect, it } from 'vitest'
import { Secret } from 'otpauth'
import { systemRandom } from '../../src/core/secrets.ts'
import { findAcceptedStep, newTotpSecret, buildTotpUri } from '../../src/core/totp.ts'

/** RFC 4226 Appendix D: truncated values of counters 0 to 9. */
const HOTP = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
/** RFC 6238 Appendix B: Unix time, and eight digits under SHA-1, SHA-256 and SHA-512. */
const TOTP = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
] as const
const SEEDS = { SHA1: 20, SHA256: 32, SHA512: 64 } as const

/** The RFCs' seed: `12345678901234567890…`, as long as the hash. */
const seed = (length: number) => Secret.fromLatin1('1234567890'.repeat(7).slice(0, length)).base32

describe('a TOTP code', () => {
  it.each(HOTP.map((code, counter) => [counter, code] as const))(
    'at counter %d is %s (SR-036: RFC 4226 Appendix D)',
    (counter, code) => expect(findAcceptedStep(seed(20), code, counter * 30_000)).toBe(counter),
  )

  it.each(
    TOTP.flatMap(([time, ...codes]) =>
      (['SHA1', 'SHA256', 'SHA512'] as const).map(
        (algorithm, index) => [time, algorithm, codes[index] ?? ''] as const,
      ),
    ),
  )('at %d s under %s is %s (SR-036: RFC 6238 Appendix B)', (time, algorithm, code) => {
    const secret = seed(SEEDS[algorithm])
    const step = Math.floor(time / 30)
    expect(findAcceptedStep(secret, code, time * 1000, { algorithm, digits: 8 })).toBe(step)
    expect(findAcceptedStep(secret, code, (step + 2) * 30_000, { algorithm, digits: 8 })).toBeNull()
  })

  it('is valid in its step and in the next one, to the millisecond, and at no other time (SR-036)', () => {
    const at = (ms: number) => findAcceptedStep(seed(20), '287082', ms)
    expect([29_999, 30_000, 59_999, 60_000, 89_999, 90_000].map(at)).toEqual([null, 1, 1, 1, 1, null])
  })

  it('is exactly six digits', () => {
    for (const text of ['', '28708', '2870820', ' 287082', '２８７０８２', '28708a', '+87082', '0x1234'])
      expect(findAcceptedStep(seed(20), text, 30_000), text).toBeNull()
  })
})

describe('a secret', () => {
  it('has 160 bits and is different each time (SR-036)', () => {
    const secrets = Array.from({ length: 100 }, () => newTotpSecret(systemRandom))
    expect(new Set(secrets).size).toBe(100)
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  })

  it('is the bytes of the given random source, in order', () => {
    const bytes = Buffer.from('12345678901234567890')
    expect(newTotpSecret({ bytes: () => bytes, integer: () => 0 })).toBe(seed(20))
  })

  it('is encoded in an otpauth URI with escaped names', () => {
    const names = { issuer: 'Müller & Söhne', account: 'a+b?c&d=e#f/g%h@example.com' }
    const uri = new URL(buildTotpUri('JBSWY3DPEHPK3PXP', names))
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/${names.issuer}:${names.account}`,
    ])
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: names.issuer,
      secret: 'JBSWY3DPEHPK3PXP',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
