import { z } from 'zod'
import { requireSignedIn, type Caller, type ClientFacts } from '../../core/caller.ts'
import { CHANNELS, maskContact, toBilledPhone, type Contact, type OtpPurpose } from '../../core/channel.ts'
import { parseInput } from '../../core/input.ts'
import { toNetwork } from '../../core/network.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toStranger, type IdentifyRequester } from '../limits/requester.ts'
import type { SmsGuard } from '../limits/sms-guard.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { Notification } from '../notifications/notification.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'
import { contactFields, flattenChoice, parseContact, requireMatchingChannel } from './contact-input.ts'
import { findDecoyCause } from './decoy-cause.ts'
import type { ChallengeOpener, OpenedChallenge } from './otp-challenge.ts'
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
  readonly log: Logger
  /** Whether the log explains decoys. Production never does. */
  readonly explainsDecoys: boolean
  /** URL of the page that verifies links, from the settings only; null: messages contain no link. */
  readonly linkPage: string | null
}

/** A challenge and the contact that its code was sent to. */
export interface SentChallenge extends OpenedChallenge, SendPermit {
  readonly channel: Contact['channel']
  /** Masked. */
  readonly destination: string
}

/** A message that a request asks for. */
export interface RequestedMessage {
  readonly contact: Contact
  /** The name of a device that the account of the contact knows; null for a stranger. */
  readonly device: string | null
  /** Whether the message verifies the contact. */
  readonly isNew: boolean
  /** False: the request only looks as if a message was sent. */
  readonly isSent: boolean
}

/** A request for a code. */
interface CodeRequest {
  readonly purpose: OtpPurpose
  readonly contact: Contact
  /** Preferred languages of the message, best first. */
  readonly languages: readonly (string | null)[]
  readonly client: ClientFacts
  readonly opener: ChallengeOpener
}

const requestInput = z.object({
  ...contactFields,
  destination: z.object(contactFields).nullish(),
  purpose: otpPurpose,
})

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
    const { purpose, destination, ...fields } = parseInput(requestInput, input)
    const contact = parseContact(flattenChoice({ name: 'destination', nested: destination }, fields))
    requireMatchingChannel(purpose, contact)
    // A caller with an expired token gets an error, not the response for callers without a token.
    const own = purpose === 'VERIFY_PHONE' && caller.kind !== 'anonymous' ? requireSignedIn(caller) : null
    const { users, identifyRequester, sessionRows, now } = this.#deps
    if (own) await requireFreshSignIn(sessionRows, own, now())
    const { client } = caller
    const found = await users.findByContact(contact)
    const account = own ? await users.findById(own.userId) : found
    // The caller's own device is not a known one to a number that the account has not verified.
    const requester = own ? toStranger(client) : identifyRequester(client, account)
    const { device } = requester
    const user = own ? selectCaller(account, found) : selectHolder(purpose, contact, found)
    const permit = await this.admit(
      { contact, device, isNew: purpose === 'VERIFY_PHONE', isSent: user !== null },
      client,
    )
    // A stranger must not choose the language of the owner's messages.
    const languages = [user?.locale ?? null, device === null && !own ? null : client.acceptLanguage]
    const opener = { requester, openerId: own?.userId ?? null }
    const request = { purpose, contact, client, languages, opener }
    const challenge = await this.send(request, user, false)
    return { ...challenge, ...permit, channel: contact.channel, destination: maskContact(contact) }
  }

  /**
   * Counts a message to the contact. Throws `BAD_USER_INPUT` for a number that never receives messages, or
   * `RATE_LIMITED`.
   */
  async admit(
    { contact, device, isNew, isSent }: RequestedMessage,
    client: ClientFacts,
  ): Promise<SendPermit> {
    const { sendLimiter, smsGuard } = this.#deps
    const phone = toBilledPhone(contact)
    if (phone) smsGuard.check(phone)
    const permit = await sendLimiter.admit(contact, device)
    if (!phone) return permit
    const stranger = isNew ? 'new-number' : 'verified-number'
    const kind = device === null ? stranger : 'known-device'
    await smsGuard.admit({ phone, kind, isSent, network: toNetwork(client.ipAddress) })
    return permit
  }

  /**
   * Opens a challenge and sends its code to the account; without an account the challenge is a decoy with the
   * same work. `registering`: the request is a registration, and without an account the owner of the contact
   * is notified of it.
   */
  async send(request: CodeRequest, user: User | null, registering: boolean): Promise<OpenedChallenge> {
    const { otp, notifications, audit } = this.#deps
    const { purpose, contact, languages, client, opener } = request
    const holder = user && {
      userId: user.id,
      securityStamp: user.securityStamp,
      isRegistration: registering,
    }
    const challenge = await otp.open({ purpose, contact }, holder, opener)
    if (!user && this.#deps.explainsDecoys) await this.#explainDecoy(request, registering)
    const isSent = user ? !challenge.fixed : registering
    await notifications.send(
      isSent ? { contact, languages } : null,
      user ? this.#toCodeNotification(purpose, challenge) : { kind: 'address-taken' },
    )
    const event = user ? 'authn_otp_sent' : 'authn_otp_not_sent'
    audit.record(event, { userId: user?.id, reason: purpose }, client)
    return challenge
  }

  async #explainDecoy({ purpose, contact }: CodeRequest, registering: boolean): Promise<void> {
    const { users, log } = this.#deps
    const account = await users.findByContact(contact)
    const cause = registering ? 'the address already has an account' : findDecoyCause(purpose, account)
    const facts = { event: 'otp.decoy', purpose, destination: maskContact(contact), cause }
    log.info(facts, `no account can use the code: ${cause}`)
  }

  #toCodeNotification(purpose: OtpPurpose, challenge: OpenedChallenge): Notification {
    const minutes = Math.ceil(challenge.expiresIn / 60)
    const { code, expiresAt, linkExpiresAt } = challenge
    const link = purpose === 'VERIFY_EMAIL' ? this.#toLink(challenge) : null
    return { kind: 'code', purpose, code, minutes, link, expiresAt, linkExpiresAt }
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

/** The account of the caller, unless the number is the verified number of another account. */
function selectCaller(own: User | null, found: User | null): User | null {
  const isFree = !found || found.id === own?.id || found.status === 'PENDING'
  return isFree ? own : null
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
