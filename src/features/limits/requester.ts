import type { ClientFacts } from '../../core/caller.ts'
import type { DeviceAccount, DeviceTokens } from '../../core/device-tokens.ts'
import { toNetwork } from '../../core/network.ts'

/** The origin of an attempt at an account, in values that the client cannot choose freely. */
export interface Requester {
  /** As `toNetwork` writes it. */
  readonly network: string
  /** Name of a device that the account knows; null for a stranger. See `DeviceTokens`. */
  readonly device: string | null
}

/** Returns the requester of an attempt at an account. `account`: null if there is no such account. */
export type IdentifyRequester = (client: ClientFacts, account: DeviceAccount | null) => Requester

/** The id of no account, for a lookup that takes the same time. */
export const NO_ACCOUNT = 'none'

/** Does the same work whether or not there is an account. */
export function createRequesterIdentifier(devices: DeviceTokens): IdentifyRequester {
  return ({ ipAddress, deviceToken }, account) => ({
    network: toNetwork(ipAddress),
    device:
      deviceToken === null
        ? null
        : devices.recognize(deviceToken, account ?? { id: NO_ACCOUNT, securityStamp: 0 }),
  })
}

/** The requester of an attempt that no known device can make. */
export function toStranger({ ipAddress }: ClientFacts): Requester {
  return { network: toNetwork(ipAddress), device: null }
}
