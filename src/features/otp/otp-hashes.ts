import type { Contact } from '../../core/channel.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Requester } from '../limits/requester.ts'
import type { OtpTarget } from './otp-challenge.ts'

/** The keyed hashes of one-time codes. */
export class OtpHashes {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** Identifies a target without revealing the address. */
  target({ purpose, contact: { channel, address } }: OtpTarget): string {
    return keyedHash(this.#key, 'place', purpose, channel, address)
  }

  /** Identifies a contact, for all purposes. */
  destination({ channel, address }: Contact): string {
    return keyedHash(this.#key, 'destination', channel, address)
  }

  /** Identifies the requester of a code: the account that verifies a number, the device or the network. */
  requester({ network, device }: Requester, openerId: string | null): string {
    if (openerId !== null) return keyedHash(this.#key, 'requester', 'account', openerId)
    return device === null
      ? keyedHash(this.#key, 'requester', 'network', network)
      : keyedHash(this.#key, 'requester', 'device', device)
  }

  code(targetId: string, nonce: string, code: string): string {
    return keyedHash(this.#key, 'code', targetId, nonce, code)
  }

  /** Authenticates the token of a link. */
  link(targetId: string, nonce: string): string {
    return keyedHash(this.#key, 'link', targetId, nonce)
  }

  /** Identifies the proof that a verified code is. */
  proof(targetId: string, nonce: string): string {
    return keyedHash(this.#key, 'proof', targetId, nonce)
  }
}
