import { DAY_MS, SECOND_MS } from './duration.ts'
import type { DeviceAccount } from './device-tokens.ts'
import { equalInConstantTime, keyedHash, newId, type Random } from './secrets.ts'

/** How long a browser can prove that it has registered an account, in seconds. */
export const REGISTRATION_PROOF_SECONDS = DAY_MS / SECOND_MS

/** Issues and reads tokens that prove which client has registered an account. */
export interface RegistrationProofs {
  /** A new token for the account of a registration; null: one that proves nothing and looks the same. */
  issue(account: DeviceAccount | null): string
  /** Whether the token was issued for the last registration of the account. */
  prove(token: string | null, account: DeviceAccount): boolean
}

/** Options of the proofs. */
export interface RegistrationProofOptions {
  /** The first signs; the others are accepted. */
  readonly keys: readonly [Buffer, ...Buffer[]]
  readonly random: Random
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const SHAPE = /^([\w-]{24})\.(\d{10})\.([\w-]{43})$/

/**
 * Tokens `name.end.mac`. The MAC binds the token to the account and to its security stamp, which every
 * registration of a PENDING account raises, so an earlier registration proves nothing. The stamp is not part
 * of the token, because it would reveal that the address was registered before.
 */
export function createRegistrationProofs({
  keys,
  random,
  now,
}: RegistrationProofOptions): RegistrationProofs {
  const buildMac = (key: Buffer, name: string, end: string, { id, securityStamp }: DeviceAccount) =>
    keyedHash(key, 'registration', name, end, id, String(securityStamp))

  return {
    issue(account) {
      const name = newId(random)
      const end = String(Math.floor(now() / 1000) + REGISTRATION_PROOF_SECONDS)
      const registered = account ?? { id: newId(random), securityStamp: 1 }
      return [name, end, buildMac(keys[0], name, end, registered)].join('.')
    },
    prove(token, account) {
      const [, name, end, mac] = SHAPE.exec(token ?? '') ?? []
      if (!name || !end || !mac) return false
      const isGenuine = keys.some((key) => equalInConstantTime(buildMac(key, name, end, account), mac))
      return isGenuine && now() < Number(end) * 1000
    },
  }
}
