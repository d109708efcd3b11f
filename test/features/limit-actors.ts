import { parseSetCookie } from 'cookie'
import { deriveKey, keyedHash } from '../../src/core/secrets.ts'
import type { Limit } from '../../src/core/limit.ts'
import { PASSWORD, newAddress, newPhone, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
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

/** A client with an account, a network and a known device of the account. */
export interface Actor {
  readonly email: string
  readonly userId: string
  readonly network: string
  /** The device cookie; null for an unknown device. */
  readonly device: string | null
  readonly token: string
  /** The session with its latest refresh token. Copies of an actor share this object. */
  readonly session: { readonly id: string; refreshToken: string }
}

const DEVICE = '__Host-gateway-device'
let networkCount = 0

/** An address in a network that no request has come from. */
export function newNetwork(): string {
  networkCount += 1
  return `198.${18 + (networkCount >> 16)}.${(networkCount >> 8) & 255}.${networkCount & 255}`
}

/** The device cookie that a response sets, as a client sends it back; null if it sets none. */
export function readDeviceCookie(response: Pick<GraphqlResponse<unknown>, 'headers'>): string | null {
  const texts = [response.headers['set-cookie'] ?? []].flat() as string[]
  const cookies = texts.map((text) => parseSetCookie(text))
  const cookie = cookies.find(({ name }) => name === DEVICE)
  return cookie ? `${DEVICE}=${cookie.value}` : null
}

/** Request options for a network and a device. */
export function sendFrom({ network, device }: Pick<Actor, 'network' | 'device'>) {
  return { headers: { 'x-forwarded-for': network, ...(device === null ? {} : { cookie: device }) } }
}

/**
 * A new actor for attempts at a field: with a pending code for `verifyOtp`, and without an account for
 * `register`. `passMinute` passes the minimum time between two messages to an address.
 */
export async function newActor(gateway: TestGateway, field: string, passMinute: () => void): Promise<Actor> {
  const { email, user } = await gateway.signUp()
  const home = { network: newNetwork(), device: null }
  const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } }, sendFrom(home))
  const { accessToken, refreshToken, session } = signedInBy(signedIn.data?.login)
  const actor = {
    email: field === 'register' ? newAddress() : email,
    userId: user.id,
    network: newNetwork(),
    device: readDeviceCookie(signedIn),
    token: accessToken,
    session: { id: session.id, refreshToken: refreshToken ?? '' },
  }
  if (field === 'verifyOtp') {
    passMinute()
    await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
  }
  return actor
}

/** Calls a field as an actor, with wrong passwords and codes. */
export async function attempt(
  gateway: TestGateway,
  field: string,
  actor: Actor,
): Promise<GraphqlResponse<unknown>> {
  const { email, session, token } = actor
  const options = sendFrom(actor)
  switch (field) {
    case 'login':
      return gateway.send(LoginDocument, { input: { email, password: 'a wrong password' } }, options)
    case 'requestOtp':
      return gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } }, options)
    case 'verifyOtp':
      return gateway.send(VerifyOtpDocument, { input: { email, code: '0000', purpose: 'LOGIN' } }, options)
    case 'register':
      return gateway.send(RegisterDocument, { input: { email } }, options)
    case 'registerPhone':
      return gateway.send(RegisterPhoneDocument, { input: { phone: newPhone() } }, options)
    case 'resetPassword': {
      const input = { resetToken: 'x'.repeat(43), newPassword: PASSWORD }
      return gateway.send(ResetPasswordDocument, { input }, options)
    }
    case 'verifyMfa': {
      const input = { challengeId: 'x'.repeat(43), code: '000000' }
      return gateway.send(VerifyMfaDocument, { input }, options)
    }
    case 'createPost':
      return gateway.send(CreatePostDocument, { input: { title: 'A', content: 'x' } }, { token, ...options })
    case 'refresh': {
      const response = await gateway.send(RefreshDocument, { refreshToken: session.refreshToken }, options)
      session.refreshToken = response.data?.refresh.refreshToken ?? session.refreshToken
      return response
    }
    default:
      throw new Error(`${field} has no attempt`)
  }
}

/**
 * The parts of a limit's key for an actor. They are derived independently of the code, so that a limit that
 * counts by other parts is found.
 */
export function buildKeyParts(rule: Limit, actor: Actor, secret: string): string[] {
  const { email, network, userId, session } = actor
  const device = /=([^.]+)\./.exec(actor.device ?? '')?.[1] ?? ''
  const destination = keyedHash(deriveKey(Buffer.from(secret), 'otp'), 'destination', 'EMAIL', email)
  const parts: Readonly<Record<string, string[]>> = {
    'field-create-post': [userId],
    'login-failures': [email, network],
    'login-failures-device': [email, device],
    'login-strangers': [email],
    'otp-failures': [destination, 'place'],
    'otp-failures-network': [destination, network],
    'otp-failures-device': [destination, device],
    'refresh-session': [session.id],
  }
  if (rule.name in parts) return parts[rule.name] ?? []
  return rule.name.startsWith('field-') ? [network] : []
}
