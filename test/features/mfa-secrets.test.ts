import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { loginChallenge, nextCode, signUpWithApp, verifyMfa, type PersonWithApp } from './mfa-steps.ts'

describeOnEveryBackend('the secret of an app', (backend) => {
  const [old, next] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', GATEWAY_SECRET: old })
  })
  afterAll(() => gateway.close())

  const sealedOf = async ({ user }: PersonWithApp) => {
    const rows = await gateway.sql<{ sealed: string }>(
      `SELECT sealed FROM totp_factors WHERE user_id = '${user.id}'`,
    )
    return rows[0]?.sealed ?? ''
  }
  async function signIn(node: TestGateway, person: PersonWithApp, code: string): Promise<string | undefined> {
    return (await verifyMfa(node, await loginChallenge(node, person.email), code)).code
  }

  it('is sealed, like the recovery codes: two accounts or two uses never have the same text (SR-036)', async () => {
    const person = await signUpWithApp(gateway)
    const before = await sealedOf(person)
    const rows = await gateway.sql(`SELECT * FROM recovery_codes WHERE user_id = '${person.user.id}'`)
    expect(rows).toHaveLength(10)
    for (const secret of [
      person.secret,
      ...person.recoveryCodes.flatMap((code) => [code, code.replaceAll('-', '')]),
    ])
      expect(before + JSON.stringify(rows)).not.toContain(secret)
    expect(await signIn(gateway, person, nextCode(gateway, person))).toBeUndefined()
    expect(await sealedOf(person)).not.toBe(before)
  })

  it('cannot be opened in another row: a sealed secret moved to another account signs in no caller', async () => {
    const [one, other] = [await signUpWithApp(gateway), await signUpWithApp(gateway)]
    await gateway.sql(
      `UPDATE totp_factors SET sealed = '${await sealedOf(one)}' WHERE user_id = '${other.user.id}'`,
    )
    expect(await signIn(gateway, other, nextCode(gateway, one))).toBe('INTERNAL_SERVER_ERROR')
  })

  it('is sealed under the newest master secret by use or all at once, and the recovery codes stay valid (SR-131)', async () => {
    const people = [
      await signUpWithApp(gateway),
      await signUpWithApp(gateway),
      await signUpWithApp(gateway),
    ] as const
    const [used, unused, left] = people
    await gateway.sql(
      `DELETE FROM totp_factors WHERE user_id NOT IN (${people.map(({ user }) => `'${user.id}'`).join()})`,
    )
    const both = await gateway.sibling({ GATEWAY_SECRET: next, GATEWAY_SECRETS_ACCEPTED: old })
    expect(await signIn(both, used, nextCode(both, used))).toBeUndefined()
    const alone = await gateway.sibling({ GATEWAY_SECRET: next })
    expect(await signIn(alone, used, nextCode(alone, used))).toBeUndefined()
    expect(await signIn(alone, unused, nextCode(alone, unused))).toBe('INTERNAL_SERVER_ERROR')
    expect(await signIn(gateway, left, left.recoveryCodes[0] ?? '')).toBeUndefined()
    expect(await both.app.totpSecrets.resealAll()).toBe(2)
    expect(await both.app.totpSecrets.resealAll()).toBe(0)
    for (const person of people) {
      expect(await signIn(alone, person, nextCode(alone, person))).toBeUndefined()
      expect(await signIn(alone, person, person.recoveryCodes[1] ?? '')).toBeUndefined()
    }
    expect(await signIn(alone, left, left.recoveryCodes[0] ?? '')).toBe('MFA_INVALID')
    for (const node of [both, alone]) await node.app.close()
  })
})
