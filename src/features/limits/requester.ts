import type { ClientFacts } from '../../core/caller.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { toNetwork } from '../../core/network.ts'

/** The origin of an attempt at an account, in values that the client cannot choose freely. */
export interface Requester {
  /** As `toNetwork` writes it. */
  readonly network: string
  /** Name of a device that has signed in to this account before; null for a stranger. */
  readonly device: string | null
}

/** Returns the requester of an attempt at an account. `userId`: null if there is no such account. */
export type IdentifyRequester = (client: ClientFacts, userId: string | null) => Requester

/** The id of no account, for a lookup that takes the same time. */
export const NO_ACCOUNT = 'none'

/** Does the same work whether or not there is an account. */
export function createRequesterIdentifier(devices: DeviceTokens): IdentifyRequester {
  return (client, userId) => ({
    network: toNetwork(client.ipAddress),
    device: client.deviceToken === null ? null : devices.read(client.deviceToken, userId ?? NO_ACCOUNT),
  })
}
