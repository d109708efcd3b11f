import { afterAll, beforeAll, expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { MyAuditEventsDocument, RefreshDocument } from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'
import {
  NEW_PASSWORD,
  UNLIMITED,
  change,
  readPasswordHash,
  loginCode,
  reset,
  resetTokenFor,
} from './password-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

describeOn(EXTREMES, 'changing a password', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  it('requires the current one, ends every other session on every node, and notifies the owner (SR-016, SR-066)', async () => {
    const sibling = await gateway.sibling()
    const mine = await gateway.signUp()
    const others = [await signInAgain(gateway, mine.email), await signInAgain(sibling, mine.email)]
    const wrong = await change(gateway, mine, `${PASSWORD}!`)
    expect(wrong.code).toBe('INVALID_CREDENTIALS')
    expect(await isSignedIn(sibling, others[0] ?? mine)).toBe(true)

    const { data } = await change(gateway, mine, PASSWORD)
    expect(data?.changePassword).toEqual({ messageKey: 'PASSWORD_CHANGED', revokedSessions: 2 })
    for (const node of [gateway, sibling]) {
      for (const other of others) expect(await isSignedIn(node, other)).toBe(false)
      expect(await isSignedIn(node, mine)).toBe(true)
    }
    // The session of the request lives on for its whole lifetime, not only for that of its access token.
    const refreshed = await gateway.send(RefreshDocument, { refreshToken: mine.refreshToken })
    expect(refreshed.code).toBeUndefined()
    expect(await loginCode(sibling, mine.email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    expect(await loginCode(sibling, mine.email, NEW_PASSWORD)).toBeUndefined()
    await eventually(async () =>
      (await gateway.messagesTo(mine.email)).some(({ subject }) => subject === 'Your password was changed'),
    )
    await sibling.app.close()
  })

  it('is recorded in the events of the account, successful and rejected (SR-127)', async () => {
    const mine = await gateway.signUp()
    await change(gateway, mine, 'not this one, surely')
    await change(gateway, mine, PASSWORD)
    await eventually(async () => {
      const { myAuditEvents } = await gateway.ask(MyAuditEventsDocument, { first: 10 }, mine.accessToken)
      const events = myAuditEvents.edges.map(({ node }) => node.event)
      return events.includes('authn_password_change') && events.includes('authn_password_change_fail')
    })
  })

  it('succeeds once for concurrent requests on two nodes, and rejects the others as a wrong current password (SR-156)', async () => {
    const sibling = await gateway.sibling()
    const mine = await gateway.signUp()
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        change(index % 2 === 0 ? gateway : sibling, mine, PASSWORD, `${NEW_PASSWORD} ${index}`),
      ),
    )
    const won = answers.flatMap(({ code }, index) => (code === undefined ? [index] : []))
    expect(won).toHaveLength(1)
    expect(new Set(answers.map(({ code }) => code).filter(Boolean))).toEqual(new Set(['INVALID_CREDENTIALS']))
    expect(await loginCode(gateway, mine.email, `${NEW_PASSWORD} ${won[0] ?? ''}`)).toBeUndefined()
    await sibling.app.close()
  })

  it('explains to an account without a password how to set its first one, and counts nothing', async () => {
    const mine = await gateway.signUp(newAddress(), null)
    const answer = await change(gateway, mine, '')
    expect(answer.errors[0]?.extensions['fieldErrors']).toMatchObject([
      { path: ['input', 'currentPassword'], code: 'NO_PASSWORD' },
    ])
    expect((await reset(gateway, await resetTokenFor(gateway, mine.email))).code).toBeUndefined()
  })

  it('invalidates a reset grant that was issued before it', async () => {
    const mine = await gateway.signUp()
    const token = await resetTokenFor(gateway, mine.email)
    await change(gateway, mine, PASSWORD)
    expect((await reset(gateway, token, PASSWORD)).code).toBe('RESET_TOKEN_INVALID')
  })

  it('is atomic: when the database fails, neither the password nor the sessions change (SR-161)', async () => {
    const mine = await gateway.signUp()
    const [other, before] = [
      await signInAgain(gateway, mine.email),
      await readPasswordHash(gateway, mine.email),
    ]
    await gateway.sql('ALTER TABLE sessions RENAME COLUMN revoked_reason TO away')
    const failed = await change(gateway, mine, PASSWORD)
    await gateway.sql('ALTER TABLE sessions RENAME COLUMN away TO revoked_reason')
    expect(['SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']).toContain(failed.code)
    expect(await readPasswordHash(gateway, mine.email)).toBe(before)
    expect(await isSignedIn(gateway, other)).toBe(true)
    expect((await change(gateway, mine, PASSWORD)).code).toBeUndefined()
  })
})

describeOn(EXTREMES, 'guesses at a password', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { TRUST_PROXY: '1' })))
  afterAll(() => gateway.close())

  const from = (address: string) => ({ 'x-forwarded-for': address })

  it('share one budget over every operation: an account that is locked for one is locked for all (SR-017)', async () => {
    const mine = await gateway.signUp()
    const [here, there] = [from('198.51.100.1'), from('198.51.100.2')]
    for (let tried = 0; tried < LIMITS.loginFailures.max; tried += 1) {
      const byChange = tried % 2 === 0
      const wrong = 'not this one, surely'
      const code = byChange
        ? (await change(gateway, mine, wrong, NEW_PASSWORD, here)).code
        : await loginCode(gateway, mine.email, wrong, here)
      expect([tried, code]).toEqual([tried, 'INVALID_CREDENTIALS'])
    }
    expect((await change(gateway, mine, PASSWORD, NEW_PASSWORD, here)).code).toBe('RATE_LIMITED')
    expect(await loginCode(gateway, mine.email, PASSWORD, here)).toBe('RATE_LIMITED')
    expect((await change(gateway, mine, PASSWORD, NEW_PASSWORD, there)).code).toBeUndefined()
  })

  it('are reset for the network from which the password was reset, so that the owner can use it (SR-090)', async () => {
    const mine = await gateway.signUp()
    for (let tried = 0; tried <= LIMITS.loginFailures.max; tried += 1)
      await loginCode(gateway, mine.email, 'forgotten')
    expect(await loginCode(gateway, mine.email, PASSWORD)).toBe('RATE_LIMITED')
    gateway.passTime(60_000)
    expect((await reset(gateway, await resetTokenFor(gateway, mine.email))).code).toBeUndefined()
    expect(await loginCode(gateway, mine.email, NEW_PASSWORD)).toBeUndefined()
  })
})
