import { maskEmail, toMailboxKey, type EmailAddress } from './email-address.ts'
import { maskPhone, type PhoneNumber } from './phone.ts'

/** What a one-time code is for. A code of one purpose is rejected for every other purpose. */
export const OTP_PURPOSES = ['LOGIN', 'VERIFY_EMAIL', 'VERIFY_PHONE', 'RESET_PASSWORD'] as const
export type OtpPurpose = (typeof OTP_PURPOSES)[number]

/** The type of the addresses of each channel. */
export interface ChannelAddresses {
  readonly EMAIL: EmailAddress
  readonly SMS: PhoneNumber
}

/** A channel by which codes and notifications reach a person. */
export type Channel = keyof ChannelAddresses

/** A canonical address and the channel that it belongs to. */
export type Contact<Kind extends Channel = Channel> = {
  readonly [Each in Kind]: { readonly channel: Each; readonly address: ChannelAddresses[Each] }
}[Kind]

/** The contacts of an account, each with the time at which it was verified. */
export interface AccountContacts {
  readonly email: EmailAddress | null
  readonly emailVerifiedAt: Date | null
  readonly phone: PhoneNumber | null
  readonly phoneVerifiedAt: Date | null
}

/** One contact of an account. */
export interface AccountContact<Kind extends Channel> {
  readonly address: ChannelAddresses[Kind] | null
  readonly verifiedAt: Date | null
}

/** Everything that differs between channels, except how a message is rendered and sent. */
export interface ChannelDefinition<Kind extends Channel> {
  /** What an address of the channel is called in error messages. */
  readonly addressName: string
  /** The input field that names an address of the channel. */
  readonly inputField: string
  /** The purposes that its codes serve. */
  readonly purposes: readonly OtpPurpose[]
  /** Whether sign-in and reset codes go to verified addresses only (ASVS 6.6.1). */
  readonly requiresVerifiedAddress: boolean
  /** Authentication method of a session that a code of the channel starts; see `toAmr`. */
  readonly authenticationMethod: 'otp' | 'sms'
  /**
   * Whether a stored code holds its address, sealed. A code that gives an account a new address must hold it;
   * any other address is compared with those of the account.
   */
  readonly sealsAddress: boolean
  /** Reads the contact of an account. */
  readonly readContact: (account: AccountContacts) => AccountContact<Kind>
  /** Enough for the owner to recognise the address, too little for other people. */
  readonly mask: (address: ChannelAddresses[Kind]) => string
  /** The key that messages to the address are counted by: all addresses of one mailbox share its limits. */
  readonly toLimitKey: (address: ChannelAddresses[Kind]) => string
  /** The phone number that a message to the address is billed by; null where messages are not billed. */
  readonly toBilledPhone: (address: ChannelAddresses[Kind]) => PhoneNumber | null
}

/** Every channel. Where an account has several verified contacts, the first one in this order is notified. */
export const CHANNELS: { readonly [Kind in Channel]: ChannelDefinition<Kind> } = {
  EMAIL: {
    addressName: 'an e-mail address',
    inputField: 'email',
    purposes: ['LOGIN', 'VERIFY_EMAIL', 'RESET_PASSWORD'],
    requiresVerifiedAddress: false,
    authenticationMethod: 'otp',
    sealsAddress: false,
    readContact: ({ email, emailVerifiedAt }) => ({ address: email, verifiedAt: emailVerifiedAt }),
    mask: maskEmail,
    toLimitKey: toMailboxKey,
    toBilledPhone: () => null,
  },
  SMS: {
    addressName: 'a phone number',
    inputField: 'phone',
    purposes: ['LOGIN', 'VERIFY_PHONE', 'RESET_PASSWORD'],
    requiresVerifiedAddress: true,
    authenticationMethod: 'sms',
    sealsAddress: true,
    readContact: ({ phone, phoneVerifiedAt }) => ({ address: phone, verifiedAt: phoneVerifiedAt }),
    mask: maskPhone,
    toLimitKey: (phone) => phone,
    toBilledPhone: (phone) => phone,
  },
}

/** The names of the channels, in the order of `CHANNELS`; also the values of the metrics label `channel`. */
export const CHANNEL_NAMES = Object.keys(CHANNELS) as unknown as readonly [Channel, ...Channel[]]

/** The address in a masked form, for responses and notifications. */
export function maskContact<Kind extends Channel>({ channel, address }: Contact<Kind>): string {
  return CHANNELS[channel].mask(address)
}

/** The key that messages to the contact are counted by. */
export function toLimitKey<Kind extends Channel>({ channel, address }: Contact<Kind>): string {
  return CHANNELS[channel].toLimitKey(address)
}

/** The phone number that a message to the contact is billed by, or null. */
export function toBilledPhone<Kind extends Channel>({ channel, address }: Contact<Kind>): PhoneNumber | null {
  return CHANNELS[channel].toBilledPhone(address)
}

/** The contact of an account on a channel, verified or not; null without one. */
export function findContact<Kind extends Channel>(
  account: AccountContacts,
  channel: Kind,
): Contact<Kind> | null {
  const { address } = CHANNELS[channel].readContact(account)
  return address && { channel, address }
}

/** The verified contact of an account on a channel, or null. */
export function findVerifiedContact<Kind extends Channel>(
  account: AccountContacts,
  channel: Kind,
): Contact<Kind> | null {
  const { address, verifiedAt } = CHANNELS[channel].readContact(account)
  return address && verifiedAt ? { channel, address } : null
}
