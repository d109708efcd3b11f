import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  RegisterDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
} from '../generated/graphql.ts'

/** Invalid addresses by their defect; `CANARY` must not be repeated. */
const NO_ADDRESSES = {
  'a second header': 'canary@example.com\r\nBcc: victim@example.com',
  'a line feed inside': 'can\nary@example.com',
  'two addresses': 'canary@example.com,victim@example.com',
  'a display name': 'Canary <canary@example.com>',
  'a dotless i': 'canarı@example.com',
  'a long s': 'ſcanary@example.com',
  'the Kelvin sign': 'canary@example.Kom.',
  'a full-width letter before the @': 'ｃanary@example.com',
  'a zero-width space': 'canary\u200b@example.com',
  'an override of direction': 'canary\u202e@example.com',
  'U+0000': 'canary\u0000@example.com',
  'a quoted local part': '"canary"@example.com',
  'an address literal': 'canary@[127.0.0.1]',
  'no dot in the domain': 'canary@localhost',
  'a hyphen at the edge of a label': 'canary@-example.com',
  'a fragment with another domain': 'canary@evil.example#.company.example',
  'a fragment': 'canary@example.com#fragment',
  'a path': 'canary@example.com/x',
  'a query': 'canary@example.com?x',
  'a port': 'canary@example.com:25',
  'a backslash': 'canary@evil.example\\.company.example',
  'percent encoding': 'canary@ex%61mple.com',
  'a second @': 'canary@evil.example@company.example',
  'a full-width solidus': 'canary@evil.example／company.example',
  'a full-width letter after the @': 'canary@ｅxample.com',
  'an ideographic full stop': 'canary@example。com',
  'a soft hyphen': 'canary@exam\u00adple.com',
  'an A-label that decodes to ASCII': 'canary@xn--evil-.example',
  'a megabyte': `${'canary'.repeat(180_000)}@example.com`.slice(0, 90_000),
} as const

/** Numbers that the library for them would find in these texts. */
const NO_NUMBERS = [
  '+447400123456/x',
  '+447400123456?x',
  '+447400123456@example.com',
  '+447400123456;isub=1',
  '+447400123456 call me',
  '+447400123456\u0000',
  '+44\u200b7400123456',
  '+44740012345\u00b2',
]

/** Numbers of five countries, each in five spellings. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  '+447400123456': [
    '+44 7400 123456',
    '0044 7400 123456',
    '+44 (0)7400 123456',
    '+44-7400-123-456',
    '＋44 7400 123456',
  ],
  '+821012345678': [
    '+82 10 1234 5678',
    '0082 10-1234-5678',
    '+82 (0)10 1234 5678',
    '+82.10.1234.5678',
    '+82１０12345678',
  ],
  '+4915123456789': [
    '+49 151 23456789',
    '0049 151 23456789',
    '+49 (0)151 23456789',
    '+49/151/23456789',
    '+49 1512 3456789',
  ],
  '+33612345678': [
    '+33 6 12 34 56 78',
    '0033 6 12 34 56 78',
    '+33 (0)6 12 34 56 78',
    '+33-6-12-34-56-78',
    '+33.6.12.34.56.78',
  ],
  '+12125550100': [
    '+1 212 555 0100',
    '001 212 555 0100',
    '+1 (212) 555-0100',
    '+1.212.555.0100',
    '＋１ 212 555 0100',
  ],
}

describeOn(EXTREMES, 'contact input', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => {
    const settings = { RATE_LIMIT_SCALE: '1000', SMS_COUNTRIES: 'GB,KR,DE,FR,US' }
    gateway = await startGateway(backend, settings)
  })
  afterAll(() => gateway.close())

  it.each(Object.entries(NO_ADDRESSES))(
    'rejects %s as an address without repeating it (SR-012, SR-035)',
    async (_, email) => {
      const answers = [
        await gateway.send(RegisterDocument, { input: { email, password: PASSWORD } }),
        await gateway.send(RequestOtpDocument, { input: { email } }),
        await gateway.send(LoginDocument, { input: { email, password: PASSWORD } }),
      ]
      for (const { code, errors, text } of answers) {
        expect(code).toBe('BAD_USER_INPUT')
        expect(errors[0]?.extensions['fieldErrors']).toMatchObject([
          { path: ['input', 'email'], code: 'INVALID_EMAIL' },
        ])
        expect(text).not.toContain('canar')
      }
    },
  )

  it.each(['#fragment', '#.company.example', '/x', '?x', ':443', '\u3002', '\u00ad'])(
    'rejects a sign-in to the account of an address with %j after it (SR-012)',
    async (suffix) => {
      const { email } = await gateway.signUp()
      const answer = await gateway.send(LoginDocument, {
        input: { email: `${email}${suffix}`, password: PASSWORD },
      })
      expect(answer.code).toBe('BAD_USER_INPUT')
      expect(answer.errors[0]?.extensions['fieldErrors']).toMatchObject([{ code: 'INVALID_EMAIL' }])
    },
  )

  it.each(NO_NUMBERS)('rejects %j as a number (SR-094)', async (phone) => {
    const answers = [
      await gateway.send(RegisterPhoneDocument, { input: { phone } }),
      await gateway.send(RequestOtpDocument, { input: { phone } }),
    ]
    for (const { code, errors } of answers) {
      expect(code).toBe('BAD_USER_INPUT')
      expect(errors[0]?.extensions['fieldErrors']).toMatchObject([{ code: 'INVALID_PHONE' }])
    }
  })

  it('treats an internationalised domain as one address in both of its spellings (SR-012)', async () => {
    const local = newAddress().split('@')[0] ?? ''
    await gateway.signUp(`${local}@bücher.example`)
    const spellings = ['xn--bcher-kva.example', 'BÜCHER.example', 'bu\u0308cher.example']
    for (const domain of spellings)
      await gateway.ask(RequestOtpDocument, { input: { email: `${local}@${domain}` } })
    const users = await gateway.sql(`SELECT id FROM users WHERE email = '${local}@xn--bcher-kva.example'`)
    expect(users).toHaveLength(1)
    const sent = () => gateway.messagesTo(`${local}@xn--bcher-kva.example`)
    await expect.poll(async () => (await sent()).length).toBe(1 + spellings.length)
  })

  it.each(Object.entries(NUMBERS))(
    'counts %s under one limit in five spellings (SR-094)',
    async (phone, spellings) => {
      const strict = await startGateway(backend, { SMS_COUNTRIES: 'GB,KR,DE,FR,US' })
      const answers = []
      for (const spelling of spellings)
        answers.push(await strict.send(RequestOtpDocument, { input: { phone: spelling } }))
      expect(answers.map(({ code }) => code)).toEqual([undefined, ...Array<string>(4).fill('RATE_LIMITED')])
      expect(answers[0]?.data?.requestOtp.destination).toBe(
        `${phone.slice(0, 3)}${'•'.repeat(phone.length - 6)}${phone.slice(-3)}`,
      )
      await strict.close()
    },
  )

  it.each(['123456', '["123456"]', 'null', '{ eq: "123456" }', '123456.0', 'true', '["1", "2"]'])(
    'rejects a code given as %s before any lookup (SR-028)',
    async (code) => {
      const query = `mutation { verifyOtp(input: { email: "ada@example.com", code: ${code} }) { __typename } }`
      const answer = await gateway.sendText(query)
      expect([400, 200]).toContain(answer.status)
      expect(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']).toContain(answer.code)
      const input = { email: 'ada@example.com', code: { null: null, true: true }[code] ?? [code] }
      const byVariable = await gateway.sendText(
        'mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { __typename } }',
        { input },
      )
      expect(byVariable.code).toBe('BAD_USER_INPUT')
      expect(byVariable.text).not.toContain('123456')
    },
  )
})
