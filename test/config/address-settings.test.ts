import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'

const load = (variables: Record<string, string>) => loadConfig({ variables, readFile: () => '' })
const SMTP = { MAIL_TRANSPORTS: 'smtp', MAIL_FROM: 'a@example.com', SMTP_URL: 'smtp://mail.example.com' }
const WEBHOOK = {
  MAIL_TRANSPORTS: 'webhook',
  MESSAGE_WEBHOOK_URL: 'https://a.example',
  MESSAGE_WEBHOOK_SECRET: 'z9$Kq2!mT5@wR8#yU1%iO4^pA7&sD0*f',
}

/** Texts that a URL parser reads as an address of `host`, or as one of another host than a reader. */
const NORMALIZED = [
  'https:host.example',
  'https:/host.example',
  'https:\\\\host.example',
  'https://host.example\\@evil.example',
  'https://evil.example#.host.example',
  'https://evil.example@host.example',
  'https://HOST.example',
  'https://host.example:443',
  'https://ho\tst.example',
  'https://host.example\n',
  ' https://host.example',
  'https://ho%73t.example',
  'https://ｈost.example',
  'https://host。example',
  'https://0x7f.1',
  'https://host.example/a/../b',
]

describe('an origin of CORS_ORIGINS', () => {
  it.each(['https://*.example.app', 'https://*', '*'])('is not a pattern such as %s', (origin) => {
    expect(findProblems({ CORS_ORIGINS: `https://app.example.com,${origin}` })).toEqual(['CORS_ORIGINS'])
  })
})

describe('a refused origin of CORS_ORIGINS', () => {
  it.each([
    ['https://*.example.app', 'entry 2 has a wildcard, which is not supported: list each origin'],
    ['https://app.example.org/', 'entry 2 has a path or a slash at its end: remove it'],
    ['app.example.org', 'entry 2 is none'],
  ])('is named by its entry and the reason: %s', (origin, reason) => {
    const [message = ''] = listProblems({ CORS_ORIGINS: `https://app.example.com,${origin}` })
    expect(message).toContain(reason)
    expect(message).not.toContain(origin)
  })

  it('is not one with the scheme of an app', () =>
    expect(load({ CORS_ORIGINS: 'capacitor://localhost' }).transport.corsOrigins).toEqual([
      'capacitor://localhost',
    ]))
})

describe('an address in the settings', () => {
  it.each(['https://host.example', 'https://host.example/', 'https://host.example:8443/auth'])(
    'is %s, kept as it is',
    (address) => {
      expect(findProblems({ PUBLIC_URL: address })).toEqual([])
      expect(load({ PUBLIC_URL: address }).server.publicUrl).toBe(address)
      expect(findProblems({ ...WEBHOOK, MESSAGE_WEBHOOK_URL: address })).toEqual([])
    },
  )

  it.each(NORMALIZED)('is rejected instead of normalized: %j', (address) => {
    expect(findProblems({ PUBLIC_URL: address })).toEqual(['PUBLIC_URL'])
    expect(findProblems({ ...WEBHOOK, MESSAGE_WEBHOOK_URL: address })).toEqual(['MESSAGE_WEBHOOK_URL'])
    // White space around an entry of a list is cut.
    if (address.trim() === address) expect(findProblems({ CORS_ORIGINS: address })).toEqual(['CORS_ORIGINS'])
  })

  it.each([
    'smtp://ex%61mple.com',
    'smtp://bücher.example',
    'smtp://ho\tst.example',
    'smtp://u:p\nq@host.example',
    ' smtp://host.example',
    'smtp://host.example\\@evil_host',
  ])('of a mail server is rejected instead of normalized: %j', (address) =>
    expect(findProblems({ ...SMTP, SMTP_URL: address })).toEqual(['SMTP_URL']),
  )

  it.each(['ada@evil.example#.example.com', 'ada@example.com/x', 'ada@ｅxample.com'])(
    'of a mailbox is rejected instead of normalized: %j',
    (address) => {
      expect(findProblems({ ...SMTP, MAIL_FROM: `Example <${address}>` })).toEqual(['MAIL_FROM'])
      expect(findProblems({ OTP_TEST_CODES: `${address}=314159` })).toEqual(['OTP_TEST_CODES'])
    },
  )
})

/** Names of the settings that are refused. */
function findProblems(variables: Record<string, string>): string[] {
  return listProblems(variables).map((problem) => problem.split(':')[0] ?? '')
}

/** The lines that name the refused settings and what is expected of them. */
function listProblems(variables: Record<string, string>): readonly string[] {
  return collectProblems(() => load(variables))
}
