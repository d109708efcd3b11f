import { DAY_MS, SECOND_MS } from './duration.ts'
import { equalInConstantTime, keyedHash, newId, type Random } from './secrets.ts'

/** How long a device is recognised after a sign-in, in seconds. */
export const DEVICE_TOKEN_SECONDS = (180 * DAY_MS) / SECOND_MS

/** The account that a device token belongs to, and its security stamp. */
export interface DeviceAccount {
  readonly id: string
  readonly securityStamp: number
}

/** A genuine device token that has not expired. */
export interface VerifiedDevice {
  /** The random name of the device. */
  readonly name: string
  readonly userId: string
  /**
   * The security stamp of the account when the token was issued. If the account has another one now, the
   * device has not signed in since a change that ended every proof, and counts as a stranger.
   */
  readonly securityStamp: number
  /**
   * Whether the device has signed in with a password or a second factor. Otherwise it has proved access to a
   * mailbox or a phone only.
   */
  readonly isBeyondContact: boolean
}

/** Issues and reads tokens that identify a device to one account. */
export interface DeviceTokens {
  /**
   * A new token, valid for this account until its security stamp changes. `isBeyondContact`: see
   * `VerifiedDevice`.
   */
  issue(account: DeviceAccount, isBeyondContact: boolean): string
  /** A new token after a change that the device has made: it proves what its token so far has proved. */
  renew(account: DeviceAccount, token: string | null): string
  /** The device of a token with any security stamp; null if it is forged, expired or of another account. */
  verify(token: string, userId: string): VerifiedDevice | null
  /** The name of a device that the account knows now; null for every other token. */
  recognize(token: string, account: DeviceAccount): string | null
}

/** Options of device tokens. */
export interface DeviceTokenOptions {
  /** The first signs; the others are accepted. */
  readonly keys: readonly [Buffer, ...Buffer[]]
  readonly random: Random
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const SHAPE = /^([\w-]{24})\.(\d{10})(?:\.(\d{1,10}p?))?\.([\w-]{43})$/
/** Follows the stamp in a token of a device that has signed in with a password or a second factor. */
const BEYOND_CONTACT = 'p'

/**
 * The stamp of a token without one, which earlier versions issued. Stamps start at 1, so such a token is
 * accepted only while nothing has happened to the account that must end it.
 */
const FIRST_STAMP = '1'

/**
 * Device tokens (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"): `name.end.stamp.mac`. The
 * name is random, and the MAC binds it to one account, its security stamp and its expiry, so nothing is
 * stored and tokens cannot be forged or moved to another account. A device token grants no access: it selects
 * the limit that an attempt counts against, and beside an undo link it shows that the device was known before
 * a change. Not a JWT: nothing but the gateway reads it, and it has no algorithm to choose.
 */
export function createDeviceTokens({ keys, random, now }: DeviceTokenOptions): DeviceTokens {
  const buildMac = (key: Buffer, userId: string, name: string, end: string, stamp: string | undefined) =>
    stamp === undefined
      ? keyedHash(key, 'device', userId, name, end)
      : keyedHash(key, 'device-stamp', userId, name, end, stamp)

  function verify(token: string, userId: string): VerifiedDevice | null {
    const [, name, end, stamp, mac] = SHAPE.exec(token) ?? []
    if (!name || !end || !mac) return null
    const isGenuine = keys.some((key) => equalInConstantTime(buildMac(key, userId, name, end, stamp), mac))
    if (!isGenuine || now() >= Number(end) * 1000) return null
    const isBeyondContact = stamp?.endsWith(BEYOND_CONTACT) ?? false
    return { name, userId, securityStamp: Number.parseInt(stamp ?? FIRST_STAMP, 10), isBeyondContact }
  }

  function issue({ id, securityStamp }: DeviceAccount, isBeyondContact: boolean): string {
    const name = newId(random)
    const end = String(Math.floor(now() / 1000) + DEVICE_TOKEN_SECONDS)
    const stamp = `${securityStamp}${isBeyondContact ? BEYOND_CONTACT : ''}`
    return [name, end, stamp, buildMac(keys[0], id, name, end, stamp)].join('.')
  }

  return {
    verify,
    issue,
    renew(account, token) {
      const device = token === null ? null : verify(token, account.id)
      return issue(account, device?.isBeyondContact ?? false)
    },
    recognize(token, { id, securityStamp }) {
      const device = verify(token, id)
      return device?.securityStamp === securityStamp ? device.name : null
    },
  }
}
