import { keyedHash } from '../../core/secrets.ts'
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
