import { describe, expect, it } from 'vitest'
import { trustOrigins } from '../../src/core/origins.ts'

const HOST = 'localhost:4000'

describe('Trusted origins', () => {
  it.each(['http://localhost:4000', 'https://localhost:4000'])(
    'include %s in development, the origin of the server itself',
    (origin) => expect(trustOrigins([], true).includes(origin, HOST)).toBe(true),
  )

  it.each([
    'http://localhost:4000/x',
    'http://localhost:4000?x',
    'http://localhost:4000#.evil.example',
    'http://evil.example@localhost:4000',
    'http:localhost:4000',
    'http:\\\\localhost:4000',
    ' http://localhost:4000',
    'HTTP://LOCALHOST:4000',
    'http://local\thost:4000',
    'http://evil.example',
    'null',
    '',
  ])('do not include %j, which a parser could read as that origin', (origin) =>
    expect(trustOrigins([], true).includes(origin, HOST)).toBe(false),
  )

  it('include the listed ones alone in production', () => {
    const origins = trustOrigins(['https://app.example.com'], false)
    const includes = (origin: string) => origins.includes(origin, HOST)
    expect(
      ['https://app.example.com', 'https://app.example.com/', 'http://localhost:4000'].map(includes),
    ).toEqual([true, false, false])
  })

  it('include none without a Host', () =>
    expect(trustOrigins([], true).includes('http://undefined', undefined)).toBe(false))
})
