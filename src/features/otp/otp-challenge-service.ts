import { z } from 'zod'
import { requireSignedIn, type Caller, type ClientFacts } from '../../core/caller.ts'
import { CHANNELS, maskContact, toBilledPhone, type Contact, type OtpPurpose } from '../../core/channel.ts'
import { parseInput } from '../../core/input.ts'
import { toNetwork } from '../../core/network.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { IdentifyRequester } from '../limits/requester.ts'
import type { SmsGuard } from '../limits/sms-guard.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { Notification } from '../notifications/notification.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'
import { contactFields, parseContact, requireMatchingChannel } from './contact-input.ts'
import type { OpenedChallenge } from './otp-challenge.ts'
import { otpPurpose } from './otp-record.ts'
import type { OtpSendLimiter, SendPermit } from './otp-send-limiter.ts'
import type { OtpService } from './otp-service.ts'

/** Dependencies of the challenge service. */
export interface OtpChallengeDependencies {
  readonly users: Users
  readonly otp: OtpService
  readonly sendLimiter: OtpSendLimiter
  readonly smsGuard: SmsGuard
  readonly identifyRequester: IdentifyRequester
  readonly sessionRows: Sessions
  readonly now: Clock
  readonly notifications: NotificationService
  readonly audit: AuditService
  /** URL of the page that verifies links, from the settings only; null: messages contain no link. */
  readonly linkPage: string | null
}

/** A challenge and the contact that its code was sent to. */
export interface SentChallenge extends OpenedChallenge, SendPermit {
  readonly channel: Contact['channel']
  /** Masked. */
  readonly destination: string
}

/** A request for a code. */
interface CodeRequest {
  readonly purpose: OtpPurpose
  readonly contact: Contact
  /** Preferred languages of the message, best first. */
  readonly languages: readonly (string | null)[]
  readonly client: ClientFacts
}

const requestInput = z.object({ ...contactFields, purpose: otpPurpose })

/** Opens challenges and sends their codes. */
export class OtpChallengeService {
  readonly #deps: OtpChallengeDependencies

  constructor(deps: OtpChallengeDependencies) {
    this.#deps = deps
  }

  /**
   * Sends a code if an eligible account has the contact; otherwise the response is the same. Throws
   * `BAD_USER_INPUT`, `RATE_LIMITED` or, for a caller who changes the phone number,
   * `REAUTHENTICATION_REQUIRED`.
   */
  async request(input: unknown, caller: Caller): Promise<SentChallenge> {
    const { purpose, ...fields } = parseInput(requestInput, input)
    const contact = parseContact(fields)
    requireMatchingChannel(purpose, contact)
    // A caller with an expired token gets an error, not the response for callers without a token.
    const own = purpose === 'VERIFY_PHONE' && caller.kind !== 'anonymous' ? requireSignedIn(caller) : null
    const { users, identifyRequester, sessionRows, now } = this.#deps
    if (own) await requireFreshSignIn(sessionRows, own, now())
    const { client } = caller
    const found = await users.findByContact(contact)
    const { device } = identifyRequester(client, own ? own.userId : (found?.id ?? null))
    const permit = await this.admit(contact, client, device)
    const user = own ? await this.#findCaller(own.userId, found) : selectHolder(purpose, contact, found)
    const request = { purpose, contact, client, languages: [user?.locale ?? null, client.acceptLanguage] }
    const challenge = await this.send(request, user, false)
    return { ...challenge, ...permit, channel: contact.channel, destination: maskContact(contact) }
  }

  /**
   * Counts a message to the contact, requested by a known device or, for null, by a stranger. Throws
   * `BAD_USER_INPUT` for a number that never receives messages, or `RATE_LIMITED`.
   */
  async admit(contact: Contact, client: ClientFacts, device: string | null): Promise<SendPermit> {
    const { sendLimiter, smsGuard } = this.#deps
    const phone = toBilledPhone(contact)
    if (phone) smsGuard.check(phone)
    const permit = await sendLimiter.admit(contact, device)
    if (phone) await smsGuard.admit(phone, toNetwork(client.ipAddress))
    return permit
  }

  /**
   * Opens a challenge and sends its code to the account; without an account the challenge is a decoy with the
   * same work. `registering`: the request is a registration, and without an account the owner of the contact
   * is notified of it.
   */
  async send(request: CodeRequest, user: User | null, registering: boolean): Promise<OpenedChallenge> {
    const { otp, notifications, audit } = this.#deps
    const { purpose, contact, languages, client } = request
    const holder = user && { userId: user.id, securityStamp: registering ? user.securityStamp : null }
    const challenge = await otp.open({ purpose, contact }, holder)
    const isSent = user ? !challenge.fixed : registering
    await notifications.send(
      isSent ? { contact, languages } : null,
      user ? this.#toCodeNotification(purpose, challenge) : { kind: 'address-taken' },
    )
    const event = user ? 'authn_otp_sent' : 'authn_otp_not_sent'
    audit.record(event, { userId: user?.id, reason: purpose }, client)
    return challenge
  }

  /** The account of the caller, unless the number is the verified number of another account. */
  async #findCaller(userId: string, found: User | null): Promise<User | null> {
    const isFree = !found || found.id === userId || found.status === 'PENDING'
    return isFree ? this.#deps.users.findById(userId) : null
  }

  #toCodeNotification(purpose: OtpPurpose, challenge: OpenedChallenge): Notification {
    const minutes = Math.ceil(challenge.expiresIn / 60)
    const link = purpose === 'VERIFY_EMAIL' ? this.#toLink(challenge) : null
    return { kind: 'code', purpose, code: challenge.code, minutes, link }
  }

  /**
   * The token is in the fragment, which no server, log or `Referer` header receives before the page sends it
   * on a click.
   */
  #toLink({ linkToken }: OpenedChallenge): string | null {
    const { linkPage } = this.#deps
    return linkPage === null ? null : `${linkPage}#token=${linkToken}`
  }
}

/**
 * The account, if it is eligible for a code with this purpose at this contact; null: the challenge is a
 * decoy.
 */
function selectHolder(purpose: OtpPurpose, { channel }: Contact, found: User | null): User | null {
  if (!found || found.status === 'SUSPENDED') return null
  const { requiresVerifiedAddress, readContact } = CHANNELS[channel]
  switch (purpose) {
    case 'LOGIN':
    case 'RESET_PASSWORD':
      return !requiresVerifiedAddress || readContact(found).verifiedAt ? found : null
    case 'VERIFY_EMAIL':
      return found
    case 'VERIFY_PHONE':
      return found.status === 'PENDING' ? found : null
  }
}
