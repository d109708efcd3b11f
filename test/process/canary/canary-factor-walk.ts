import { Secret } from 'otpauth'
import { expect } from 'vitest'
import type { Answer, TestGateway } from '../../support/gateway.ts'
import { codeAt } from '../../features/mfa-steps.ts'

/** What of a second factor went through the gateway. */
export interface FactorCanaries {
  /** Secrets and recovery codes, in every form. */
  readonly long: ReadonlySet<string>
  /** Digits of the app: so few that they must be searched for between other things than digits. */
  readonly digits: ReadonlySet<string>
}

type Sent = Answer<Record<string, unknown>>

/** What the walk through the second factor needs of the walk around it. */
export interface FactorWalkTools {
  readonly gateway: TestGateway
  readonly send: (text: string, variables?: Record<string, unknown>, token?: string) => Promise<Sent>
  readonly signIn: () => Promise<{ readonly accessToken: string }>
  readonly login: () => Promise<Sent>
  /** Remembers the tokens of an answer as canaries. */
  readonly tokensOf: (answer: Sent) => unknown
  /** Further secrets to remember. */
  readonly secrets: Set<string>
}

const UNKNOWN = 'CANA-RYC0-DE82-4200'
const SIGN_IN = 'mutation ($input: VerifyMfaInput!) { verifyMfa(input: $input) { accessToken refreshToken } }'

/**
 * Sends canaries through everything that has to do with a second factor, by success and by failure; none is
 * left in the end.
 */
export async function walkSecondFactor(tools: FactorWalkTools): Promise<FactorCanaries> {
  const { gateway, send, signIn, login, tokensOf, secrets } = tools
  const long = new Set<string>([UNKNOWN])
  const digits = new Set<string>()
  const { accessToken: token } = await signIn()

  const change = (field: string, code: string, selection = 'messageKey') =>
    send(`mutation ($code: String!) { ${field}(code: $code) { ${selection} } }`, { code }, token)
  async function shown(field: string, code: string): Promise<readonly string[]> {
    const { data } = await change(field, code, 'recoveryCodes')
    const { recoveryCodes } = data?.[field] as { recoveryCodes: string[] }
    for (const one of recoveryCodes) for (const form of [one, one.replaceAll('-', '')]) long.add(form)
    return recoveryCodes
  }
  function digitsOf(secret: string): string {
    gateway.passTime(30_000)
    const code = codeAt(secret, gateway.now())
    digits.add(code)
    return code
  }
  async function challenge(): Promise<string> {
    const { challengeId } = (await login()).data?.['login'] as { challengeId: string }
    secrets.add(challengeId)
    return challengeId
  }
  const verify = async (code: string, challengeId: string) => send(SIGN_IN, { input: { challengeId, code } })

  /** The driver's errors carry statements and parameters. */
  async function breakTheTables(secret: string, recoveryCode: string): Promise<void> {
    const challengeId = await challenge()
    for (const table of ['totp_factors', 'recovery_codes', 'sessions']) {
      await gateway.sql(`ALTER TABLE ${table} RENAME TO away`)
      const answers = [await verify(digitsOf(secret), challengeId), await verify(recoveryCode, challengeId)]
      // These need no sessions, and would succeed.
      if (table !== 'sessions')
        answers.push(
          await change('disableTotp', recoveryCode),
          await change('regenerateRecoveryCodes', digitsOf(secret)),
        )
      await gateway.sql(`ALTER TABLE away RENAME TO ${table}`)
      expect(
        answers.some(({ code }) => code === 'INTERNAL_SERVER_ERROR' || code === 'SERVICE_UNAVAILABLE'),
      ).toBe(true)
    }
  }

  await change('confirmTotp', UNKNOWN)
  const { data } = await send('mutation { enrollTotp { secret otpauthUri qrCode } }', {}, token)
  const { secret } = data?.['enrollTotp'] as { secret: string }
  for (const form of [secret, Secret.fromBase32(secret).hex]) long.add(form)
  await change('confirmTotp', '270819')
  digits.add('270819')
  const first = await shown('confirmTotp', digitsOf(secret))
  await send('mutation { enrollTotp { secret } }', {}, token)
  await change('regenerateRecoveryCodes', UNKNOWN)
  const second = await shown('regenerateRecoveryCodes', first[0] ?? '')
  await verify(UNKNOWN, await challenge())
  tokensOf(await verify(digitsOf(secret), await challenge()))
  tokensOf(await verify(second[0] ?? '', await challenge()))
  await breakTheTables(secret, second[1] ?? '')
  await change('disableTotp', UNKNOWN)
  const { data: removed } = await change('disableTotp', second[2] ?? '')
  expect(removed).not.toBeNull()
  return { long, digits }
}
