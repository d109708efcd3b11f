import { findContact, type AccountContacts, type Channel, type Contact } from './channel.ts'
import { equalInConstantTime, keyedHash } from './secrets.ts'

/** The contact that a proof went to, as the proof is stored: the address is hashed. */
export interface HashedContact {
  readonly channel: Channel
  /** Null in proofs that earlier versions stored; their security stamp alone binds them. */
  readonly hash: string | null
}

/** A keyed hash of a contact, which identifies it in a stored proof without revealing it. */
export function hashContact(key: Buffer, { channel, address }: Contact): string {
  return keyedHash(key, 'contact', channel, address)
}

/** The contact that a proof went to, if the account still has it; otherwise null. */
export function matchContact(
  key: Buffer,
  { channel, hash }: HashedContact,
  account: AccountContacts,
): Contact | null {
  const contact = findContact(account, channel)
  if (!contact) return null
  return hash === null || equalInConstantTime(hashContact(key, contact), hash) ? contact : null
}
