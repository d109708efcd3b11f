import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from '../../src/config/load-config.ts'

const load = (variables: Record<string, string>) => loadConfig({ variables, readFile: () => '' })
const SMTP = { MAIL_TRANSPORTS: 'smtp', MAIL_FROM: 'a@example.com', SMTP_URL: 'smtp://mail.example.com' }
const WEBHOOK = {
  MAIL_TRANSPORTS: 'webhook',
  MESSAGE_WEBHOOK_URL: 'https://a.example',
  MESSAGE_WEBHOOK_SECRET: 'z9$Kq2!mT5@wR8#yU1%iO4^pA7&sD0*f',
}

/** Texts that a URL parser reads as an address of `host`, or as one of another host than a reader. */
const REPAIRED = [
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

describe('An address in the settings', () => {
  it.each(['https://host.example', 'https://host.example/', 'https://host.example:8443/auth'])(
    'is %s, kept as it is',
    (address) => {
      expect(problemsOf({ PUBLIC_URL: address })).toEqual([])
      expect(load({ PUBLIC_URL: address }).server.publicUrl).toBe(address)
      expect(problemsOf({ ...WEBHOOK, MESSAGE_WEBHOOK_URL: address })).toEqual([])
    },
  )

  it.each(REPAIRED)('is refused rather than repaired: %j', (address) => {
    expect(problemsOf({ PUBLIC_URL: address })).toEqual(['PUBLIC_URL'])
    expect(problemsOf({ ...WEBHOOK, MESSAGE_WEBHOOK_URL: address })).toEqual(['MESSAGE_WEBHOOK_URL'])
    // White space around an entry of a list is cut.
    if (address.trim() === address) expect(problemsOf({ CORS_ORIGINS: address })).toEqual(['CORS_ORIGINS'])
  })

  it.each([
    'smtp://ex%61mple.com',
    'smtp://bücher.example',
    'smtp://ho\tst.example',
    'smtp://u:p\nq@host.example',
    ' smtp://host.example',
    'smtp://host.example\\@evil_host',
  ])('of a mail server is refused rather than repaired: %j', (address) =>
    expect(problemsOf({ ...SMTP, SMTP_URL: address })).toEqual(['SMTP_URL']),
  )

  it.each(['ada@evil.example#.example.com', 'ada@example.com/x', 'ada@ｅxample.com'])(
    'of a mailbox is refused rather than repaired: %j',
    (address) => {
      expect(problemsOf({ ...SMTP, MAIL_FROM: `Example <${address}>` })).toEqual(['MAIL_FROM'])
      expect(problemsOf({ OTP_TEST_CODES: `${address}=314159` })).toEqual(['OTP_TEST_CODES'])
    },
  )
})

/** Names of the settings that are refused. */
function problemsOf(variables: Record<string, string>): string[] {
  try {
    load(variables)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.split(':')[0] ?? '')
    throw error
  }
}
