import { describe, expect, it } from 'vitest'
import { findOriginFlaw, trustOrigins } from '../../src/core/origins.ts'

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

  it.each([
    'http://localhost:5173',
    'https://localhost',
    'http://127.0.0.1:3000',
    'http://[::1]:5173',
    'http://app.localhost:3000',
  ])('include the loopback origin %s in development only', (origin) => {
    expect(trustOrigins([], true).includes(origin, HOST)).toBe(true)
    expect(trustOrigins([], false).includes(origin, HOST)).toBe(false)
  })

  it.each([
    'http://localhost.evil.example:5173',
    'http://evillocalhost:5173',
    'http://127.0.0.1.evil.example',
    'http://2130706433:5173',
    'http://localhost:5173/',
    'http://evil.example@localhost:5173',
    'ws://localhost:5173',
    'capacitor://localhost',
  ])('do not include %s as a loopback origin', (origin) =>
    expect(trustOrigins([], true).includes(origin, HOST)).toBe(false),
  )

  it('include the listed scheme of an app', () => {
    const origins = trustOrigins(['capacitor://localhost'], false)
    expect(origins.includes('capacitor://localhost', HOST)).toBe(true)
    expect(origins.includes('ionic://localhost', HOST)).toBe(false)
  })

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

describe('The form of an origin', () => {
  it.each([
    'https://app.example.com',
    'http://app.example.com:8080',
    'http://[::1]:5173',
    'capacitor://localhost',
    'app://com.example.client',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  ])('is that of %s', (origin) => expect(findOriginFlaw(origin)).toBeNull())

  it.each([
    ['https://*.example.com', 'pattern'],
    ['*', 'pattern'],
    ['capacitor://*', 'pattern'],
    ['https://app.example.com/', 'path'],
    ['https://app.example.com/sign-in', 'path'],
    ['https://app.example.com?a', 'path'],
    ['capacitor://localhost/', 'path'],
    ['app.example.com', 'form'],
    ['null', 'form'],
    ['https://', 'form'],
    ['https://APP.example.com', 'form'],
    ['https://app.example.com:443', 'form'],
    ['https://user@app.example.com', 'form'],
    ['app://user@host', 'form'],
    ['wss://app.example.com', 'form'],
    ['file://localhost', 'form'],
    ['javascript://localhost', 'form'],
  ])('is not that of %s', (value, flaw) => expect(findOriginFlaw(value)).toBe(flaw))
})
