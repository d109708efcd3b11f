import { expect, it } from 'vitest'
import { RegisterDocument, VerifyEmailDocument } from '../generated/graphql.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway } from '../support/gateway.ts'

describeOnEveryBackend('a link', (backend) => {
  it('works for an hour, outlives its code, and is built from the settings, never from the request (SR-024, SR-035)', async () => {
    const gateway = await startGateway(backend)
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-for': 'evil.example',
    }
    const [early, late] = [newAddress(), newAddress()]
    for (const email of [early, late])
      await gateway.send(RegisterDocument, { input: { email, password: PASSWORD } }, { headers })
    const [first, second] = [await gateway.linkTokenFor(early), await gateway.linkTokenFor(late)]
    const [message] = await gateway.messagesTo(early)
    expect(message?.text).toContain(`https://app.example.com/verify-email#token=${first}`)
    expect(message?.text).not.toContain('evil')
    gateway.passTime(60 * 60_000 - 1000)
    expect((await gateway.send(VerifyEmailDocument, { token: first, signIn: true })).code).toBeUndefined()
    gateway.passTime(1000)
    expect((await gateway.send(VerifyEmailDocument, { token: second, signIn: true })).code).toBe(
      'TOKEN_INVALID',
    )
    await gateway.close()
  })
})
