import { parseSetCookie } from 'cookie'
import { deriveKey, keyedHash } from '../../src/core/secrets.ts'
import type { Limit } from '../../src/core/limit.ts'
import { PASSWORD, newAddress, newPhone, type Answer, type TestGateway } from '../support/gateway.ts'
import { signedInBy } from '../support/outcomes.ts'
import {
  CreatePostDocument,
  LoginDocument,
  RefreshDocument,
  RegisterDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  VerifyMfaDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'

/** Somebody with an account, a network and a device that the account knows. */
export interface Actor {
  readonly email: string
  readonly userId: string
  readonly network: string
  /** The cookie that the device brings; null for a stranger. */
  readonly device: string | null
  readonly token: string
  /** The session's latest refresh token, and whose it is: the same object in every copy. */
  readonly session: { readonly id: string; refreshToken: string }
}

const DEVICE = '__Host-gateway-device'
let networks = 0

/** A network that nobody has been seen from. */
export function newNetwork(): string {
  networks += 1
  return `198.${18 + (networks >> 16)}.${(networks >> 8) & 255}.${networks & 255}`
}

/** The device cookie that an answer sets, as a client sends it back; null where it sets none. */
export function deviceCookieOf(answer: Pick<Answer<unknown>, 'headers'>): string | null {
  const texts = [answer.headers['set-cookie'] ?? []].flat() as string[]
  const cookies = texts.map((text) => parseSetCookie(text))
  const cookie = cookies.find(({ name }) => name === DEVICE)
  return cookie ? `${DEVICE}=${cookie.value}` : null
}

/** Headers of a request from a network, on a device. */
export function from({ network, device }: Pick<Actor, 'network' | 'device'>) {
  return { headers: { 'x-forwarded-for': network, ...(device === null ? {} : { cookie: device }) } }
}

/**
 * A new actor; `passMinute` is what an address waits between two messages. Whoever shall guess at a code has
 * one waiting, and whoever shall register has no account yet.
 */
export async function newActor(gateway: TestGateway, field: string, passMinute: () => void): Promise<Actor> {
  const { email, user } = await gateway.signUp()
  const home = { network: newNetwork(), device: null }
  const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } }, from(home))
  const { accessToken, refreshToken, session } = signedInBy(signedIn.data?.login)
  const actor = {
    email: field === 'register' ? newAddress() : email,
    userId: user.id,
    network: newNetwork(),
    device: deviceCookieOf(signedIn),
    token: accessToken,
    session: { id: session.id, refreshToken: refreshToken ?? '' },
  }
  if (field === 'verifyOtp') {
    passMinute()
    await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
  }
  return actor
}

/** Uses a field as somebody; what is guessed is wrong. */
export async function attempt(gateway: TestGateway, field: string, actor: Actor): Promise<Answer<unknown>> {
  const { email, session, token } = actor
  const sending = from(actor)
  switch (field) {
    case 'login':
      return gateway.send(LoginDocument, { input: { email, password: 'a wrong one, surely' } }, sending)
    case 'requestOtp':
      return gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } }, sending)
    case 'verifyOtp':
      return gateway.send(VerifyOtpDocument, { input: { email, code: '0000', purpose: 'LOGIN' } }, sending)
    case 'register':
      return gateway.send(RegisterDocument, { input: { email } }, sending)
    case 'registerPhone':
      return gateway.send(RegisterPhoneDocument, { input: { phone: newPhone() } }, sending)
    case 'resetPassword': {
      const input = { resetToken: 'x'.repeat(43), newPassword: PASSWORD }
      return gateway.send(ResetPasswordDocument, { input }, sending)
    }
    case 'verifyMfa': {
      const input = { challengeId: 'x'.repeat(43), code: '000000' }
      return gateway.send(VerifyMfaDocument, { input }, sending)
    }
    case 'createPost':
      return gateway.send(CreatePostDocument, { input: { title: 'A', content: 'x' } }, { token, ...sending })
    case 'refresh': {
      const answer = await gateway.send(RefreshDocument, { refreshToken: session.refreshToken }, sending)
      session.refreshToken = answer.data?.refresh.refreshToken ?? session.refreshToken
      return answer
    }
    default:
      throw new Error(`${field} has no attempt here`)
  }
}

/**
 * What a rule's key is made of for somebody: a copy of the code's, so that a rule which counts something else
 * is found out.
 */
export function subjectOf(rule: Limit, actor: Actor, secret: string): string[] {
  const { email, network, userId, session } = actor
  const device = /=([^.]+)\./.exec(actor.device ?? '')?.[1] ?? ''
  const place = keyedHash(deriveKey(Buffer.from(secret), 'otp'), 'place', 'LOGIN', 'EMAIL', email)
  const subjects: Readonly<Record<string, string[]>> = {
    'field-create-post': [userId],
    'login-failures': [email, network],
    'login-failures-device': [email, device],
    'login-strangers': [email],
    'otp-failures': [place, 'place'],
    'otp-failures-network': [place, network],
    'otp-failures-device': [place, device],
    'refresh-session': [session.id],
  }
  if (rule.name in subjects) return subjects[rule.name] ?? []
  return rule.name.startsWith('field-') ? [network] : []
}
