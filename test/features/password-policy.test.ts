import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.ts'
import { createCommonPasswordsLoader } from '../../src/features/passwords/common-passwords.ts'
import { PasswordPolicy } from '../../src/features/passwords/password-policy.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { UNLIMITED, change, loginCode, reset, resetTokenFor } from './password-steps.ts'

/** The problems of the fields of an input. */
function readProblems({ errors }: GraphqlResponse<unknown>): unknown {
  const found = errors[0]?.extensions['fieldErrors'] as { path: string[]; code: string }[] | undefined
  return found?.map(({ path, code }) => `${path.join('.')} ${code}`) ?? null
}

const loadCommonPasswords = createCommonPasswordsLoader()

describe('the list of common passwords', () => {
  const policy = new PasswordPolicy({ minLength: 8, contextWords: [], loadCommonPasswords })
  const findCode = (password: string) =>
    policy.check(password, [], 'password').then(
      () => null,
      (error: unknown) => (error instanceof AuthError ? error.facts.fieldErrors?.[0]?.code : error),
    )

  it('has far more than 10,000 entries, thousands of them long enough to be set, and all are rejected in any case (SR-005)', async () => {
    const common = [...(await loadCommonPasswords())]
    expect(common.length).toBeGreaterThan(50_000)
    const settable = common.filter((word) => [...word].length >= 8)
    expect(settable.length).toBeGreaterThan(15_000)
    for (const word of settable)
      for (const spelling of [word, word.toUpperCase()])
        expect([spelling, await findCode(spelling)]).toEqual([spelling, 'COMMON_PASSWORD'])
  })
})

describe('a new password', () => {
  let gateway: TestGateway
  let person: Awaited<ReturnType<TestGateway['signUp']>>
  let token: string
  beforeAll(async () => {
    const settings = { ...UNLIMITED, PASSWORD_MIN_LENGTH: '8', PUBLIC_URL: 'https://id.lighthouse.example' }
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], settings)
    person = await gateway.signUp('margot.kiplagat@farm-supplies.example')
    token = await resetTokenFor(gateway, person.email)
  })
  afterAll(() => gateway.close())

  const register = (password: string, email = newAddress(), fullName: string | null = null) =>
    gateway.send(RegisterDocument, { input: { email, password, fullName } })

  /** The problems that each of the paths that set a password reports. */
  async function problemsEverywhere(password: string): Promise<unknown[]> {
    return [
      readProblems(await register(password)),
      readProblems(await change(gateway, person, PASSWORD, password)),
      readProblems(await reset(gateway, token, password)),
    ]
  }
  const refused = (code: string) => [
    [`input.password ${code}`],
    [`input.newPassword ${code}`],
    [`input.newPassword ${code}`],
  ]

  it('must not be a common one, on any of the three paths that set one; a rejection spends nothing (SR-005)', async () => {
    const common = [...(await loadCommonPasswords())].filter((word) => [...word].length >= 8)
    // The most common ones, and every fiftieth of the others: the whole list is tested above.
    for (const word of [...common.slice(0, 200), ...common.filter((_, index) => index % 50 === 0)])
      expect([word, ...(await problemsEverywhere(word))]).toEqual([word, ...refused('COMMON_PASSWORD')])
    expect(await loginCode(gateway, person.email, PASSWORD)).toBeUndefined()
  }, 120_000)

  it.each([
    'Password',
    'password2024!',
    '--password--',
    'p@ssw0rd 1234',
    'dragondragon',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'abcdefghijkl',
    '890123456789',
    'ｐａｓｓｗｏｒｄ',
  ])(
    'must not be %s: common with characters around it, in another case or width, repeated, or a run (SR-005)',
    async (password) => {
      expect(await problemsEverywhere(password)).toEqual(refused('COMMON_PASSWORD'))
    },
  )

  it('must not be made of names: of the account, its address, the product or the host (SR-005)', async () => {
    const own = 'noor.al-rashid@harbour-works.example'
    for (const password of [
      own,
      'noor.al-rashid',
      'Harbour-Works',
      'noor rashid 24',
      'Okonkwo!Okonkwo',
      'okonkwo password',
    ])
      expect([password, readProblems(await register(password, own, 'Adaeze Okonkwo'))]).toEqual([
        password,
        ['input.password PERSONAL_PASSWORD'],
      ])
    for (const password of ['GraphQL-Gateway', 'lighthouse id'])
      expect([password, ...(await problemsEverywhere(password))]).toEqual([
        password,
        ...refused('PERSONAL_PASSWORD'),
      ])
    const about = await change(gateway, person, PASSWORD, 'Kiplagat-Farm-1999')
    expect(readProblems(about)).toEqual(['input.newPassword PERSONAL_PASSWORD'])
    const mixed = await register('noor rows past nine lighthouses', own)
    expect(mixed.code).toBeUndefined()
  })

  it.each([
    ['seven letters and emoji', '🔑🔒🔓🔐🔏🔎🔍', false],
    ['eight of them', '🔑🔒🔓🔐🔏🔎🔍💡', true],
    ['64 emoji', '🔑🔒🔓🔐🔏🔎🔍💡'.repeat(8), true],
    ['64 times one character', 'x'.repeat(64), true],
    ['256 characters', `${'long '.repeat(51)}!`, true],
    ['257 characters', `${'long '.repeat(51)}!!`, false],
    ['lower case only', 'quietharbouratdawn', true],
    ['digits and spaces only', '8302 9471 5506', true],
    ['upper case and signs only', 'QX?ZV!WK&', true],
    ['spaces around it', '  three herons  ', true],
  ])(
    'may be %s: only its code points are counted (SR-001, SR-002, SR-004)',
    async (_what, password, accepted) => {
      const { email } = await gateway.signUp()
      const answer = await reset(gateway, await resetTokenFor(gateway, email), password)
      expect(readProblems(answer)).toEqual(accepted ? null : ['input.newPassword INVALID_LENGTH'])
      if (accepted) expect(await loginCode(gateway, email, password)).toBeUndefined()
    },
  )

  it('is used as it is typed, on every path: with its spaces and case, and é in either spelling (SR-003, SR-006)', async () => {
    const long = '0123456789abcdef'.repeat(5)
    for (const [typed, same, ...others] of [
      ['  Three herons  ', '  Three herons  ', 'Three herons', '  three herons  ', '  Three herons '],
      ['caf\u00e9 at noon', 'cafe\u0301 at noon', 'cafe at noon', 'CAF\u00c9 at noon'],
      ['cafe\u0301 at dusk', 'caf\u00e9 at dusk', 'cafe at dusk'],
      [`${long}1`, `${long}1`, `${long}2`, long],
    ] as const) {
      const { email } = await gateway.signUp(newAddress(), typed)
      for (const spelling of [typed, same]) expect(await loginCode(gateway, email, spelling)).toBeUndefined()
      for (const other of others) expect(await loginCode(gateway, email, other)).toBe('INVALID_CREDENTIALS')
    }
  })

  it('of 90 KB is rejected for its length, and one of 1 MB for the size of its request, before any hashing (SR-009)', async () => {
    for (const password of ['x'.repeat(90_000), '🔑'.repeat(20_000)])
      for (const answer of [
        await register(password),
        await change(gateway, person, PASSWORD, password),
        await change(gateway, person, password, PASSWORD),
        await reset(gateway, token, password),
      ])
        expect(answer.code).toBe('BAD_USER_INPUT')
    expect(await loginCode(gateway, person.email, 'x'.repeat(90_000))).toBe('BAD_USER_INPUT')
    const huge = await register('x'.repeat(1_000_000))
    expect([huge.status, huge.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  })
})

describe('the default policy', () => {
  it('requires twelve characters (SR-001)', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], UNLIMITED)
    const registered = async (password: string) =>
      readProblems(await gateway.send(RegisterDocument, { input: { email: newAddress(), password } }))
    expect(await registered('quietharbou')).toEqual(['input.password INVALID_LENGTH'])
    expect(await registered('quietharbour')).toBeNull()
    await gateway.close()
  })
})
