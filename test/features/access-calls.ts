import { PASSWORD, newAddress, newPhone, type TestGateway } from '../support/gateway.ts'
import {
  ChangePasswordDocument,
  CreatePostDocument,
  EnrollTotpDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyResetOtpDocument,
  type SignInFragment,
} from '../generated/graphql.ts'
import { createApiKey } from './api-key-steps.ts'
import { addApp, codeAt, loginChallenge, signUpWithApp } from './mfa-steps.ts'
import { undoTokenFor } from './recovery-steps.ts'
import { signInAgain } from './session-steps.ts'

/** A session of the owner, and the owner's published post and draft. */
export interface Target extends SignInFragment {
  readonly email: string
  readonly draftId: string
  readonly postId: string
}

/**
 * A call of an operation with arguments that its access class accepts. `names`: an argument is the id of an
 * object of the owner.
 */
export interface Call {
  readonly text: string
  readonly names: boolean
  readonly variables: (target: Target, gateway: TestGateway, token?: string) => object | Promise<object>
  /** Reverts the changes of the call that would affect later calls. */
  readonly undo?: (gateway: TestGateway) => Promise<unknown>
}

const noVariables = () => ({})
const buildCall = (text: string, variables: Call['variables'] = noVariables): Call => ({
  text,
  names: false,
  variables,
})
const buildNamingCall = (text: string, variables: Call['variables']): Call => ({
  text,
  names: true,
  variables,
})

/** A call that takes a code of the caller's authenticator app, which is removed after the call. */
const buildCallWithApp = (
  text: string,
  readCode: (app: Awaited<ReturnType<typeof addApp>>) => string,
): Call => ({
  ...buildCall(text, async (_target, gateway, token) => ({
    code: token === undefined ? '123456' : readCode(await addApp(gateway, token)),
  })),
  undo: (gateway) => gateway.sql('DELETE FROM totp_factors'),
})

/** Every operation of the schema. */
export const CALLS: Readonly<Record<string, Call>> = {
  'Query.me': buildCall('{ me { id email } }'),
  'Query.sessions': buildCall('{ sessions { id } }'),
  'Query.myAuditEvents': buildCall('{ myAuditEvents(first: 100) { nodes { id sessionId } } }'),
  'Query.mySecondFactor': buildCall('{ mySecondFactor { totpEnabled recoveryCodesLeft } }'),
  'Query.posts': buildCall('{ posts { nodes { id author { id } } } }'),
  'Query.node': buildCall('query ($id: ID!) { node(id: $id) { id } }', ({ postId }) => ({ id: postId })),
  'Query.post': buildCall('query ($id: ID!) { post(id: $id) { id } }', ({ postId }) => ({ id: postId })),
  'Mutation.register': buildCall(
    'mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }',
    () => ({ input: { email: newAddress(), password: PASSWORD } }),
  ),
  'Mutation.registerPhone': buildCall(
    'mutation ($input: RegisterPhoneInput!) { registerPhone(input: $input) { challengeId } }',
    () => ({ input: { phone: newPhone() } }),
  ),
  'Mutation.undoChange': buildCall(
    'mutation ($token: String!) { undoChange(token: $token) { messageKey } }',
    async (_target, gateway) => {
      const { email, accessToken, password } = await gateway.signUp()
      const input = { currentPassword: password, newPassword: 'seven grey herons at noon' }
      await gateway.ask(ChangePasswordDocument, { input }, accessToken)
      return { token: await undoTokenFor(gateway, email) }
    },
  ),
  'Mutation.verifyEmail': buildCall(
    'mutation ($token: String!) { verifyEmail(token: $token) { messageKey } }',
    async (_target, gateway) => {
      const email = newAddress()
      await gateway.ask(RegisterDocument, { input: { email } })
      return { token: await gateway.linkTokenFor(email) }
    },
  ),
  'Mutation.requestOtp': buildCall(
    'mutation ($input: RequestOtpInput!) { requestOtp(input: $input) { challengeId } }',
    ({ email }) => ({ input: { email, purpose: 'LOGIN' } }),
  ),
  'Mutation.verifyOtp': buildCall(
    'mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { __typename } }',
    async ({ email }, gateway) => {
      const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
      return {
        input: { challengeId: requestOtp.challengeId, purpose: 'LOGIN', code: requestOtp.otpCode ?? '' },
      }
    },
  ),
  'Mutation.login': buildCall(
    'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
    ({ email }) => ({ input: { email, password: PASSWORD } }),
  ),
  // All accounts have one password, and it stays the same, so that later calls can sign in.
  'Mutation.changePassword': buildCall(
    'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { messageKey } }',
    () => ({ input: { currentPassword: PASSWORD, newPassword: PASSWORD } }),
  ),
  // For a separate account, because it ends every session of the account.
  'Mutation.resetPassword': buildCall(
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
  'Mutation.verifyMfa': buildCall(
    'mutation ($input: VerifyMfaInput!) { verifyMfa(input: $input) { expiresIn } }',
    async (_target, gateway) => {
      const { email, recoveryCodes } = await signUpWithApp(gateway)
      return { input: { challengeId: await loginChallenge(gateway, email), code: recoveryCodes[0] } }
    },
  ),
  'Mutation.enrollTotp': buildCall('mutation { enrollTotp { secret otpauthUri } }'),
  'Mutation.confirmTotp': {
    ...buildCall(
      'mutation ($code: String!) { confirmTotp(code: $code) { recoveryCodes } }',
      async (_, gateway, token) => {
        if (token === undefined) return { code: '123456' }
        const { enrollTotp } = await gateway.ask(EnrollTotpDocument, {}, token)
        return { code: codeAt(enrollTotp.secret, gateway.now()) }
      },
    ),
    undo: (gateway) => gateway.sql('DELETE FROM totp_factors'),
  },
  'Mutation.disableTotp': buildCallWithApp(
    'mutation ($code: String!) { disableTotp(code: $code) { messageKey } }',
    ({ recoveryCodes }) => recoveryCodes[0] ?? '',
  ),
  'Mutation.regenerateRecoveryCodes': buildCallWithApp(
    'mutation ($code: String!) { regenerateRecoveryCodes(code: $code) { recoveryCodes } }',
    ({ recoveryCodes }) => recoveryCodes[0] ?? '',
  ),
  'Mutation.removePhone': {
    ...buildCall('mutation { removePhone { id } }', async (_target, gateway) => {
      await gateway.sql(
        `UPDATE users SET phone = '+4474' || substr(id, 1, 8), phone_verified_at = created_at WHERE phone IS NULL`,
      )
      return {}
    }),
    undo: (gateway) => gateway.sql('UPDATE users SET phone = NULL, phone_verified_at = NULL'),
  },
  'Mutation.refresh': buildCall(
    'mutation ($token: String) { refresh(refreshToken: $token) { expiresIn } }',
    async ({ email }, gateway) => ({ token: (await signInAgain(gateway, email)).refreshToken }),
  ),
  'Mutation.logout': buildCall('mutation { logout { revokedSessions } }'),
  'Mutation.createPost': buildCall(
    'mutation { createPost(input: { title: "mine", content: "mine" }) { id author { id } } }',
  ),
  'Mutation.updatePost': buildNamingCall(
    'mutation ($id: ID!) { updatePost(id: $id, input: { title: "changed" }) { id } }',
    ({ postId }) => ({ id: postId }),
  ),
  'Mutation.deletePost': buildNamingCall(
    'mutation ($id: ID!) { deletePost(id: $id) { postId } }',
    // A new post of the owner for each caller, because an administrator deletes it.
    async ({ accessToken }, gateway) => {
      const input = { title: 'Target', content: 'Target', published: true }
      return { id: (await gateway.ask(CreatePostDocument, { input }, accessToken)).createPost.id }
    },
  ),
  'Mutation.revokeSession': buildNamingCall(
    'mutation ($id: ID!) { revokeSession(id: $id) { sessionId } }',
    ({ session }) => ({ id: session.id }),
  ),
  'Mutation.revokeOtherSessions': buildCall('mutation { revokeOtherSessions { revokedSessions } }'),
  'Query.apiKeys': buildCall('{ apiKeys { id name } }'),
  'Mutation.createApiKey': buildCall(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey apiSecret } }',
    () => ({ input: { name: 'reports', scopes: ['posts:read'] } }),
  ),
  'Mutation.revokeApiKey': buildNamingCall(
    'mutation ($id: ID!) { revokeApiKey(id: $id) { apiKeyId } }',
    async ({ accessToken }, gateway) => ({ id: (await createApiKey(gateway, accessToken)).apiKey }),
  ),
  'Mutation.issueToken': buildCall(
    'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { expiresIn } }',
    async ({ accessToken }, gateway) => {
      const { apiKey, apiSecret } = await createApiKey(gateway, accessToken)
      return { input: { apiKey, apiSecret } }
    },
  ),
  'Subscription.sessionEvents': buildCall('subscription { sessionEvents { kind sessionId } }'),
}
