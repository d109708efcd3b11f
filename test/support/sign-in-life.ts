import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import {
  CreatePostDocument,
  LoginDocument,
  LogoutDocument,
  MeDocument,
  PostsDocument,
  RefreshDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { postTo, type PostedResponse } from './servers/gateway-process.ts'

const PASSWORD = 'a quiet harbour at dawn'

/**
 * Everything that a user does, and what goes wrong: registers, confirms with a wrong and the right code,
 * refreshes, repeats and reuses a refresh token, signs in with a wrong and the right password, writes and
 * reads posts, requests codes too often, signs in by code, and signs out. Needs a gateway that returns codes.
 */
export async function liveAt(address: string, email: string): Promise<void> {
  const ask = <Result, Variables extends object>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    token?: string,
  ) =>
    postTo(
      address,
      print(document),
      variables,
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    )
  const registered = readFields(await ask(RegisterDocument, { input: { email, password: PASSWORD } }))
  const confirmation = { challengeId: registered['challengeId'] ?? '', purpose: 'VERIFY_EMAIL' as const }
  await ask(VerifyOtpDocument, { input: { ...confirmation, code: '000000' } })
  const code = registered['otpCode'] ?? ''
  const confirmed = readFields(await ask(VerifyOtpDocument, { input: { ...confirmation, code } }))
  const first = confirmed['refreshToken'] ?? null
  await ask(RefreshDocument, { refreshToken: first })
  const second = readFields(await ask(RefreshDocument, { refreshToken: first }))['refreshToken'] ?? null
  await ask(RefreshDocument, { refreshToken: second })
  await ask(RefreshDocument, { refreshToken: first })
  await ask(MeDocument, {}, 'not-a-token')
  await ask(LoginDocument, { input: { email, password: 'not the password' } })
  const { accessToken: token } = readFields(
    await ask(LoginDocument, { input: { email, password: PASSWORD } }),
  )
  await ask(CreatePostDocument, { input: { title: 'A post', content: 'Text', published: true } }, token)
  for (let reading = 0; reading < 3; reading += 1) {
    await ask(MeDocument, {}, token)
    await ask(PostsDocument, { first: 5 }, token)
  }
  for (let request = 0; request < 2; request += 1)
    await ask(RequestOtpDocument, { input: { email: `un${email}`, purpose: 'LOGIN' } })
  const requested = readFields(await ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } }))
  const challengeId = requested['challengeId'] ?? ''
  await ask(VerifyOtpDocument, { input: { challengeId, purpose: 'LOGIN', code: requested['otpCode'] ?? '' } })
  await ask(LogoutDocument, {}, token)
}

/** The text fields of the only root field of a response. */
function readFields({ data }: PostedResponse): Readonly<Record<string, string | undefined>> {
  const [result] = Object.values(data ?? {})
  return (result ?? {}) as Readonly<Record<string, string | undefined>>
}
