import { expect, it } from 'vitest'
import { VerifyEmailDocument } from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { UNLIMITED } from './password-steps.ts'
import { createPerson, requestCode } from './proof-steps.ts'

const FIELDS =
  'user { email emailVerified phone phoneVerified fullName roles hasPassword } signIn { __typename }'

describeOn(EXTREMES, 'a link of an account', (backend) => {
  it('shows neither name, phone number nor roles before the sign-in is complete (SR-221)', async () => {
    const gateway = await startGateway(backend, UNLIMITED)
    const hidden = { phone: null, phoneVerified: false, fullName: null, roles: [], hasPassword: false }
    for (const [hasApp, signIn] of [
      [true, true],
      [true, false],
      [false, false],
    ] as const) {
      const { email } = await createPerson(gateway, hasApp)
      await gateway.sql(`UPDATE users SET full_name = 'Ada Lovelace' WHERE email = '${email}'`)
      const earlier = await gateway.linkTokenFor(email)
      await requestCode(gateway, { email }, 'VERIFY_EMAIL')
      const token = await eventually(async () => {
        const latest = await gateway.linkTokenFor(email)
        return latest !== earlier && latest
      })
      const query = `mutation ($token: String!, $signIn: Boolean!) { verifyEmail(token: $token, signIn: $signIn) { ${FIELDS} } }`
      const { data } = await gateway.sendText(query, { token, signIn })
      expect(data).toEqual({
        verifyEmail: {
          user: { email, emailVerified: true, ...hidden },
          signIn: signIn ? { __typename: 'MfaChallenge' } : null,
        },
      })
      expect((await gateway.send(VerifyEmailDocument, { token, signIn })).code).toBe('TOKEN_INVALID')
    }
    await gateway.close()
  })
})
