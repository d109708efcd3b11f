import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, removeFolder, type Backend } from '../support/backends.ts'
import { nextCode, signUpWithApp, wrongCode } from '../features/mfa-steps.ts'
import { isSignedIn } from '../features/session-steps.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { loadPageCode } from '../support/page-code.ts'

/** The exports of the code in docs/second-factor.md. */
interface Recipe {
  signIn(
    gateway: string,
    credentials: { email: string; password: string },
    ask: (methods: string[], attemptsLeft: number | null) => Promise<string>,
  ): Promise<{ accessToken: string; refreshToken: string }>
}

describe('the sign-in of the page on second factors', () => {
  let gateway: TestGateway
  let address: string
  let recipe: Recipe
  let folder: string
  beforeAll(async () => {
    const loaded = await loadPageCode('docs/second-factor.md')
    recipe = loaded.exports as Recipe
    folder = loaded.folder
    gateway = await startGateway((BACKENDS as readonly [Backend])[0])
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(async () => {
    await gateway.close()
    removeFolder(folder)
  })
  const never = () => Promise.reject(new Error('nothing was to be asked'))

  it('requests no code without an app, and reports why a sign-in is rejected', async () => {
    const { email } = await gateway.signUp()
    const tokens = await recipe.signIn(address, { email, password: PASSWORD }, never)
    expect(await isSignedIn(gateway, tokens)).toBe(true)
    await expect(recipe.signIn(address, { email, password: 'another' }, never)).rejects.toThrow(
      'INVALID_CREDENTIALS',
    )
  })

  it('requests a code until it is correct, and stops when no attempt is left', async () => {
    const person = await signUpWithApp(gateway)
    const credentials = { email: person.email, password: PASSWORD }
    const asked: unknown[] = []
    const typed = ['123', wrongCode(person.secret, gateway.now()), nextCode(gateway, person)]
    const tokens = await recipe.signIn(address, credentials, async (methods, attemptsLeft) => {
      asked.push([methods, attemptsLeft])
      return typed.shift() ?? ''
    })
    expect(await isSignedIn(gateway, tokens)).toBe(true)
    const methods = ['TOTP', 'RECOVERY_CODE']
    expect(asked).toEqual([
      [methods, null],
      [methods, null],
      [methods, 4],
    ])
    const wrong = wrongCode(person.secret, gateway.now())
    await expect(recipe.signIn(address, credentials, async () => wrong)).rejects.toThrow('MFA_INVALID')
    const byRecoveryCode = await recipe.signIn(
      address,
      credentials,
      async () => person.recoveryCodes[0] ?? '',
    )
    expect(await isSignedIn(gateway, byRecoveryCode)).toBe(true)
  })
})
