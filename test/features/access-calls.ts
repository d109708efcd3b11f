import { PASSWORD, newAddress, newPhone, type TestGateway } from '../support/gateway.ts'
import {
  EnrollTotpDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyResetOtpDocument,
  type SignInFragment,
} from '../generated/graphql.ts'
import { addApp, codeAt, loginChallenge, signUpWithApp } from './mfa-steps.ts'
import { signInAgain } from './session-steps.ts'

/** What there is to reach for: a session of the owner's, and one post of each kind. */
export interface Target extends SignInFragment {
  readonly email: string
  readonly draftId: string
  readonly postId: string
}

/**
 * One call of an operation with arguments that its class lets through. `names`: an argument names a thing of
 * the owner's.
 */
export interface Call {
  readonly text: string
  readonly names: boolean
  readonly variables: (target: Target, gateway: TestGateway, token?: string) => object | Promise<object>
  /** Takes back what the call has changed of its caller for good. */
  readonly undo?: (gateway: TestGateway) => Promise<unknown>
}

const none = () => ({})
const call = (text: string, variables: Call['variables'] = none): Call => ({ text, names: false, variables })
const callNaming = (text: string, variables: Call['variables']): Call => ({ text, names: true, variables })

/** A call that takes a code of the caller's own app, which is away again after it. */
const callWithApp = (text: string, codeOf: (app: Awaited<ReturnType<typeof addApp>>) => string): Call => ({
  ...call(text, async (_target, gateway, token) => ({
    code: token === undefined ? '123456' : codeOf(await addApp(gateway, token)),
  })),
  undo: (gateway) => gateway.sql('DELETE FROM totp_factors'),
})

/** Every operation of the schema. */
export const CALLS: Readonly<Record<string, Call>> = {
  'Query.me': call('{ me { id email } }'),
  'Query.sessions': call('{ sessions { id } }'),
  'Query.myAuditEvents': call('{ myAuditEvents(first: 100) { nodes { id sessionId } } }'),
  'Query.mySecondFactor': call('{ mySecondFactor { totpEnabled recoveryCodesLeft } }'),
  'Query.posts': call('{ posts { nodes { id author { id } } } }'),
  'Query.post': call('query ($id: ID!) { post(id: $id) { id } }', ({ postId }) => ({ id: postId })),
  'Mutation.register': call(
    'mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }',
    () => ({ input: { email: newAddress(), password: PASSWORD } }),
  ),
  'Mutation.registerPhone': call(
    'mutation ($input: RegisterPhoneInput!) { registerPhone(input: $input) { challengeId } }',
    () => ({ input: { phone: newPhone() } }),
  ),
  'Mutation.verifyEmail': call(
    'mutation ($token: String!) { verifyEmail(token: $token) { messageKey } }',
    async (_target, gateway) => {
      const email = newAddress()
      await gateway.ask(RegisterDocument, { input: { email } })
      return { token: await gateway.linkTokenFor(email) }
    },
  ),
  'Mutation.requestOtp': call(
    'mutation ($input: RequestOtpInput!) { requestOtp(input: $input) { challengeId } }',
    ({ email }) => ({ input: { email, purpose: 'LOGIN' } }),
  ),
  'Mutation.verifyOtp': call(
    'mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { __typename } }',
    async ({ email }, gateway) => {
      const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
      return {
        input: { challengeId: requestOtp.challengeId, purpose: 'LOGIN', code: requestOtp.otpCode ?? '' },
      }
    },
  ),
  'Mutation.login': call(
    'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
    ({ email }) => ({ input: { email, password: PASSWORD } }),
  ),
  // Everybody's password is the same and stays it, so that the rows after this one can sign in.
  'Mutation.changePassword': call(
    'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { messageKey } }',
    () => ({ input: { currentPassword: PASSWORD, newPassword: PASSWORD } }),
  ),
  // Of somebody else: it ends every session of the account.
  'Mutation.resetPassword': call(
    'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { expiresIn } }',
    async (_target, gateway) => {
      const { email } = await gateway.signUp()
      const purpose = 'RESET_PASSWORD'
      const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose } })
      const input = { challengeId: requestOtp.challengeId, purpose, code: requestOtp.otpCode ?? '' } as const
      const { verifyOtp } = await gateway.ask(VerifyResetOtpDocument, { input })
      return { input: { resetToken: verifyOtp.resetToken, newPassword: PASSWORD } }
    },
  ),
  'Mutation.verifyMfa': call(
    'mutation ($input: VerifyMfaInput!) { verifyMfa(input: $input) { expiresIn } }',
    async (_target, gateway) => {
      const { email, recoveryCodes } = await signUpWithApp(gateway)
      return { input: { challengeId: await loginChallenge(gateway, email), code: recoveryCodes[0] } }
    },
  ),
  'Mutation.enrollTotp': call('mutation { enrollTotp { secret otpauthUri } }'),
  'Mutation.confirmTotp': {
    ...call(
      'mutation ($code: String!) { confirmTotp(code: $code) { recoveryCodes } }',
      async (_, gateway, token) => {
        if (token === undefined) return { code: '123456' }
        const { enrollTotp } = await gateway.ask(EnrollTotpDocument, {}, token)
        return { code: codeAt(enrollTotp.secret, gateway.now()) }
      },
    ),
    undo: (gateway) => gateway.sql('DELETE FROM totp_factors'),
  },
  'Mutation.disableTotp': callWithApp(
    'mutation ($code: String!) { disableTotp(code: $code) { messageKey } }',
    ({ recoveryCodes }) => recoveryCodes[0] ?? '',
  ),
  'Mutation.regenerateRecoveryCodes': callWithApp(
    'mutation ($code: String!) { regenerateRecoveryCodes(code: $code) { recoveryCodes } }',
    ({ recoveryCodes }) => recoveryCodes[0] ?? '',
  ),
  'Mutation.refresh': call(
    'mutation ($token: String) { refresh(refreshToken: $token) { expiresIn } }',
    async ({ email }, gateway) => ({ token: (await signInAgain(gateway, email)).refreshToken }),
  ),
  'Mutation.logout': call('mutation { logout { revokedSessions } }'),
  'Mutation.createPost': call(
    'mutation { createPost(input: { title: "mine", content: "mine" }) { id author { id } } }',
  ),
  'Mutation.updatePost': callNaming(
    'mutation ($id: ID!) { updatePost(id: $id, input: { title: "changed" }) { id } }',
    ({ postId }) => ({ id: postId }),
  ),
  'Mutation.deletePost': callNaming(
    'mutation ($id: ID!) { deletePost(id: $id) { postId } }',
    ({ postId }) => ({ id: postId }),
  ),
  'Mutation.revokeSession': callNaming(
    'mutation ($id: ID!) { revokeSession(id: $id) { sessionId } }',
    ({ session }) => ({ id: session.id }),
  ),
  'Mutation.revokeOtherSessions': call('mutation { revokeOtherSessions { revokedSessions } }'),
  'Subscription.sessionEvents': call('subscription { sessionEvents { kind sessionId } }'),
}
