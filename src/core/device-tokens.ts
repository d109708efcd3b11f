import { DAY_MS, SECOND_MS } from './duration.ts'
import { equalInConstantTime, keyedHash, newId, type Random } from './secrets.ts'

/** How long a device is recognised after a sign-in, in seconds. */
export const DEVICE_TOKEN_SECONDS = (180 * DAY_MS) / SECOND_MS

/** Issues and reads tokens that identify a device to one account. */
export interface DeviceTokens {
  /** A new token, valid for this account only. */
  issue(userId: string): string
  /** The random name of the device; null if the token is forged, expired or of another account. */
  read(token: string, userId: string): string | null
}

/** Options of device tokens. */
export interface DeviceTokenOptions {
  /** The first signs; the others are accepted. */
  readonly keys: readonly [Buffer, ...Buffer[]]
  readonly random: Random
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const SHAPE = /^([\w-]{24})\.(\d{10})\.([\w-]{43})$/

/**
 * Device tokens (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): `name.end.mac`. The name is
 * random, and the MAC binds it to one account and to its expiry, so nothing is stored and tokens cannot be
 * forged or moved to another account. A device token grants no access: it only selects the limit that a
 * sign-in attempt counts against. Not a JWT: nothing but the gateway reads it, and it has no algorithm to
 * choose.
 */
export function createDeviceTokens({ keys, random, now }: DeviceTokenOptions): DeviceTokens {
  const mac = (key: Buffer, userId: string, name: string, end: string) =>
    keyedHash(key, 'device', userId, name, end)
  return {
    issue(userId) {
      const name = newId(random)
      const end = String(Math.floor(now() / 1000) + DEVICE_TOKEN_SECONDS)
      return `${name}.${end}.${mac(keys[0], userId, name, end)}`
    },
    read(token, userId) {
      const [, name, end, given] = SHAPE.exec(token) ?? []
      if (!name || !end || !given) return null
      const genuine = keys.some((key) => equalInConstantTime(mac(key, userId, name, end), given))
      return genuine && now() < Number(end) * 1000 ? name : null
    },
  }
}
