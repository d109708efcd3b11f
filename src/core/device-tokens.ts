import { equalInConstantTime, keyedHash, newId, type Random } from './secrets.ts'

/** How long a device stays known after a sign-in on it, in seconds. */
export const DEVICE_TOKEN_SECONDS = 180 * 24 * 60 * 60

/** Makes and reads the tokens by which a device is known again to one account. */
export interface DeviceTokens {
  /** A new token, good for this account alone. */
  issue(userId: string): string
  /** The random name of the device; null when the token is not one of ours, not this account's, or past its end. */
  read(token: string, userId: string): string | null
}

/** What device tokens need. */
export interface DeviceTokenOptions {
  /** The first signs; the others are accepted. */
  readonly keys: readonly [Buffer, ...Buffer[]]
  readonly random: Random
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const SHAPE = /^([\w-]{24})\.(\d{10})\.([\w-]{43})$/

/**
 * Device tokens (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): `name.end.mac`. The name is random and the MAC
 * binds it to one account and to its end, so nothing is stored, nobody can make one up, and one account's is worth nothing
 * at another. It opens nothing: it only chooses which budget an attempt counts against.
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
