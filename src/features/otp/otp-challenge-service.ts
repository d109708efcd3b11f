import { z } from 'zod'
import { requireSignedIn, type Caller, type ClientFacts } from '../../core/caller.ts'
import type { Contact } from '../../core/contact.ts'
import { parseInput } from '../../core/input.ts'
import { toNetwork } from '../../core/network.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SmsGuard } from '../limits/sms-guard.ts'
import type { IdentifyRequester } from '../limits/requester.ts'
import type { Notification } from '../notifications/notification.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { Admission, OtpSendLimiter } from './otp-send-limiter.ts'
import { otpPurpose, type OtpPurpose } from './otp-record.ts'
import type { OpenedChallenge, OtpService } from './otp-service.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'
import { contactFields, parseContact, requireMatchingChannel, maskContact } from './contact-input.ts'

/** What sending codes needs. */
export interface OtpChallengeDependencies {
  readonly users: Users
  readonly otp: OtpService
  readonly admission: OtpSendLimiter
  readonly smsGuard: SmsGuard
  readonly identifyRequester: IdentifyRequester
  readonly sessionRows: Sessions
  readonly now: Clock
  readonly notifications: NotificationService
  readonly audit: AuditService
  /** Address of the page that spends links, from the settings alone; null: messages carry no link. */
  readonly linkPage: string | null
}

/** A challenge and where its code went. */
export interface SentChallenge extends OpenedChallenge, Admission {
  readonly channel: Contact['channel']
  /** Masked. */
  readonly destination: string
}

/** One message to send. */
interface Sending {
  readonly purpose: OtpPurpose
  readonly contact: Contact
  /** Languages of whoever asks, best first. */
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
   * Sends a code to an address or number, if an account may use it there; the answer is the same if not. Throws
   * `BAD_USER_INPUT`, `RATE_LIMITED` or, to change the number of an account, `REAUTHENTICATION_REQUIRED`.
   */
  async request(input: unknown, caller: Caller): Promise<SentChallenge> {
    const { purpose, ...named } = parseInput(requestInput, input)
    const contact = parseContact(named)
    requireMatchingChannel(purpose, contact)
    // A token that came is one that is meant: past its end it is refused, rather than taken for nobody's.
    const own = purpose === 'VERIFY_PHONE' && caller.kind !== 'anonymous' ? requireSignedIn(caller) : null
    if (own) await requireFreshSignIn(this.#deps.sessionRows, own, this.#deps.now())
    const { client } = caller
    const { users, identifyRequester } = this.#deps
    const found = await users.findByContact(contact)
    const { device } = identifyRequester(client, own ? own.userId : (found?.id ?? null))
    const admission = await this.admit(contact, client, device)
    const user = own ? await this.#numberFor(own.userId, found) : holderOf(purpose, contact, found)
    const sending = { purpose, contact, client, languages: [user?.locale ?? null, client.acceptLanguage] }
    const challenge = await this.send(sending, user, false)
    return { ...challenge, ...admission, channel: contact.channel, destination: maskContact(contact) }
  }

  /**
   * Leave to send a code there, at the request of a known device or, for null, a stranger. Throws `BAD_USER_INPUT` for a number
   * that no message goes to, or `RATE_LIMITED`.
   */
  async admit(contact: Contact, client: ClientFacts, device: string | null): Promise<Admission> {
    const { admission, smsGuard } = this.#deps
    if (contact.channel === 'SMS') smsGuard.check(contact.address)
    const leave = await admission.admit(contact, device)
    if (contact.channel === 'SMS') await smsGuard.admit(contact.address, toNetwork(client.ipAddress))
    return leave
  }

  /**
   * Opens a challenge and, where there is a user, sends the code; without one it is a decoy, for the same work. `registering`:
   * this is the account's registration, and where the address is taken its owner is told.
   */
  async send(sending: Sending, user: User | null, registering: boolean): Promise<OpenedChallenge> {
    const { otp, notifications, audit } = this.#deps
    const { purpose, contact, languages, client } = sending
    const holder = user && { userId: user.id, securityStamp: registering ? user.securityStamp : null }
    const challenge = await otp.open({ purpose, contact }, holder)
    const isTold = user ? !challenge.fixed : registering
    await notifications.send(
      isTold ? { contact, languages } : null,
      user ? this.#codeNotice(purpose, challenge) : { kind: 'address-taken' },
    )
    audit.record(
      user ? 'authn_otp_sent' : 'authn_otp_not_sent',
      { userId: user?.id, reason: purpose },
      client,
    )
    return challenge
  }

  /** The caller, where the number is nobody's or was never shown to be anybody's. */
  async #numberFor(userId: string, found: User | null): Promise<User | null> {
    const isFree = !found || found.id === userId || found.status === 'PENDING'
    return isFree ? this.#deps.users.findById(userId) : null
  }

  #codeNotice(purpose: OtpPurpose, challenge: OpenedChallenge): Notification {
    const minutes = Math.ceil(challenge.expiresIn / 60)
    const link = purpose === 'VERIFY_EMAIL' ? this.#linkOf(challenge) : null
    return { kind: 'code', purpose, code: challenge.code, minutes, link }
  }

  /** In the fragment: it reaches no server, no log and no `Referer` until the page sends it on a click. */
  #linkOf({ linkToken }: OpenedChallenge): string | null {
    const { linkPage } = this.#deps
    return linkPage === null ? null : `${linkPage}#token=${linkToken}`
  }
}

/** The account, where it may have a code there for this purpose; null: a decoy is sent, to nobody. */
function holderOf(purpose: OtpPurpose, contact: Contact, found: User | null): User | null {
  if (!found || found.status === 'SUSPENDED') return null
  const verified = contact.channel === 'EMAIL' ? found.emailVerifiedAt : found.phoneVerifiedAt
  switch (purpose) {
    case 'LOGIN':
    case 'RESET_PASSWORD':
      // A number is texted only once it is known to be its owner's (ASVS 6.6.1).
      return contact.channel === 'EMAIL' || verified ? found : null
    case 'VERIFY_EMAIL':
      return found
    case 'VERIFY_PHONE':
      return found.status === 'PENDING' ? found : null
  }
}
