import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIN_COSTS } from '../../src/core/password-cost.ts'
import { MAX_PASSWORD_CODE_POINTS } from '../../src/core/passwords.ts'
import { createCommonPasswordsLoader } from '../../src/features/passwords/common-passwords.ts'
import { RESET_GRANT_MS } from '../../src/features/passwords/reset-grants.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { loginCode } from '../features/password-steps.ts'
import { isSignedIn } from '../features/session-steps.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/passwords.md'), 'utf8')
const [changing = '', resetting = ''] = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(
  ([, text]) => text ?? '',
)

describe('the page on passwords', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway((BACKENDS as readonly [Backend])[0])))
  afterAll(() => gateway.close())

  it('shows a change and a reset that work (SR-016)', async () => {
    const { accessToken: token, email } = await gateway.signUp('ada@example.com', 'a quiet harbour at dawn')
    const [ask = '', prove = '', reset = ''] = resetting.split(/\n(?=mutation )/)
    expect((await gateway.sendText(changing, {}, { token })).data).toEqual({
      changePassword: { revokedSessions: 0 },
    })
    expect(await loginCode(gateway, email, 'seven grey herons at noon')).toBeUndefined()
    gateway.passTime(60_000)
    const asked = (await gateway.sendText(ask)).data?.['requestOtp'] as Record<string, string>
    const variables = { challengeId: asked['challengeId'], code: asked['otpCode'] }
    const proven = (await gateway.sendText(prove, variables)).data?.['verifyOtp'] as Record<string, string>
    const { data } = await gateway.sendText(reset, { resetToken: proven['resetToken'] })
    expect(await isSignedIn(gateway, data?.['resetPassword'] as { accessToken: string })).toBe(true)
    expect(await loginCode(gateway, email, 'a lamp beside the river')).toBeUndefined()
  })

  it('names settings that exist, with their defaults', () => {
    const named = [...page.matchAll(/`(PASSWORD_[A-Z_]+)[`=]/g)].map(([, name]) => name ?? '')
    expect(new Set(named).size).toBe(7)
    expect(named.filter((name) => !(name in SETTINGS))).toEqual([])
    const value = (name: keyof typeof SETTINGS) => JSON.stringify(SETTINGS[name].type.parse(undefined))
    expect(page).toContain(`${value('PASSWORD_MIN_LENGTH')} (\`PASSWORD_MIN_LENGTH\`, 8 to 64)`)
    const cost = `${value('PASSWORD_HASH_MEMORY_KIB')} KiB, ${value('PASSWORD_HASH_PASSES')} passes`
    expect(page).toContain(`${cost} and ${value('PASSWORD_HASH_LANES')} lane`)
    expect(page).toContain(`${MAX_PASSWORD_CODE_POINTS}; more is refused`)
    expect(page).toContain(`lasts ${RESET_GRANT_MS / 60_000} minutes`)
    for (const row of MIN_COSTS) expect(page).toContain(row)
  })

  it('states the size of the installed list (SR-005)', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    expect(page).toContain(`${dictionary['passwords-common'].length.toLocaleString('en')} passwords`)
    expect(page).toContain(`${dictionary['diceware-common'].length.toLocaleString('en')} plain words`)
    expect((await createCommonPasswordsLoader()()).size).toBeGreaterThan(10_000)
    const installed = join(root, 'node_modules/@zxcvbn-ts/language-common/package.json')
    expect(JSON.parse(readFileSync(installed, 'utf8'))).toMatchObject({ license: 'MIT', version: '4.1.3' })
  })
})
