import { Secret } from 'otpauth'
import { expect } from 'vitest'
import type { GraphqlResponse, TestGateway } from '../../support/gateway.ts'
import { codeAt } from '../../features/mfa-steps.ts'

/** The canaries of a second factor. */
export interface FactorCanaries {
  /** Secrets and recovery codes, in every form. */
  readonly long: ReadonlySet<string>
  /** TOTP codes, which are so short that they are searched as whole words only. */
  readonly digits: ReadonlySet<string>
}

type Response = GraphqlResponse<Record<string, unknown>>

/** The parts of the enclosing walk that this walk uses. */
export interface FactorWalkTools {
  readonly gateway: TestGateway
  readonly send: (text: string, variables?: Record<string, unknown>, token?: string) => Promise<Response>
  readonly signIn: () => Promise<{ readonly accessToken: string }>
  readonly login: () => Promise<Response>
  /** Adds the tokens of a response to the canaries. */
  readonly collectTokens: (response: Response) => unknown
  /** Further canaries. */
  readonly secrets: Set<string>
}

const UNKNOWN = 'CANA-RYC0-DE82-4200'
const SIGN_IN = 'mutation ($input: VerifyMfaInput!) { verifyMfa(input: $input) { accessToken refreshToken } }'

/**
 * Calls every operation of a second factor with canaries, with and without success. The account has no factor
 * afterwards.
 */
export async function walkSecondFactor(tools: FactorWalkTools): Promise<FactorCanaries> {
  const { gateway, send, signIn, login, collectTokens, secrets } = tools
  const long = new Set<string>([UNKNOWN])
  const digits = new Set<string>()
  const { accessToken: token } = await signIn()

  const change = (field: string, code: string, selection = 'messageKey') =>
    send(`mutation ($code: String!) { ${field}(code: $code) { ${selection} } }`, { code }, token)
  async function collectRecoveryCodes(field: string, code: string): Promise<readonly string[]> {
    const { data } = await change(field, code, 'recoveryCodes')
    const { recoveryCodes } = data?.[field] as { recoveryCodes: string[] }
    for (const one of recoveryCodes) for (const form of [one, one.replaceAll('-', '')]) long.add(form)
    return recoveryCodes
  }
  function nextTotpCode(secret: string): string {
    gateway.passTime(30_000)
    const code = codeAt(secret, gateway.now())
    digits.add(code)
    return code
  }
  async function startChallenge(): Promise<string> {
    const { challengeId } = (await login()).data?.['login'] as { challengeId: string }
    secrets.add(challengeId)
    return challengeId
  }
  const verify = async (code: string, challengeId: string) => send(SIGN_IN, { input: { challengeId, code } })

  /** Causes errors of the driver, which contain statements and parameters. */
  async function breakTheTables(secret: string, recoveryCode: string): Promise<void> {
    const challengeId = await startChallenge()
    for (const table of ['totp_factors', 'recovery_codes', 'sessions']) {
      await gateway.sql(`ALTER TABLE ${table} RENAME TO away`)
      const responses = [
        await verify(nextTotpCode(secret), challengeId),
        await verify(recoveryCode, challengeId),
      ]
      // These would succeed without the sessions table.
      if (table !== 'sessions')
        responses.push(
          await change('disableTotp', recoveryCode),
          await change('regenerateRecoveryCodes', nextTotpCode(secret)),
        )
      await gateway.sql(`ALTER TABLE away RENAME TO ${table}`)
      expect(
        responses.some(({ code }) => code === 'INTERNAL_SERVER_ERROR' || code === 'SERVICE_UNAVAILABLE'),
      ).toBe(true)
    }
  }

  await change('confirmTotp', UNKNOWN)
  const { data } = await send('mutation { enrollTotp { secret otpauthUri qrCode } }', {}, token)
  const { secret } = data?.['enrollTotp'] as { secret: string }
  for (const form of [secret, Secret.fromBase32(secret).hex]) long.add(form)
  await change('confirmTotp', '270819')
  digits.add('270819')
  const first = await collectRecoveryCodes('confirmTotp', nextTotpCode(secret))
  await send('mutation { enrollTotp { secret } }', {}, token)
  await change('regenerateRecoveryCodes', UNKNOWN)
  const second = await collectRecoveryCodes('regenerateRecoveryCodes', first[0] ?? '')
  await verify(UNKNOWN, await startChallenge())
  collectTokens(await verify(nextTotpCode(secret), await startChallenge()))
  collectTokens(await verify(second[0] ?? '', await startChallenge()))
  await breakTheTables(secret, second[1] ?? '')
  await change('disableTotp', UNKNOWN)
  const { data: removed } = await change('disableTotp', second[2] ?? '')
  expect(removed).not.toBeNull()
  return { long, digits }
}
