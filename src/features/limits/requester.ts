import type { ClientFacts } from '../../core/caller.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { toNetwork } from '../../core/network.ts'

/** Who tries something at an account, in values that the caller cannot choose freely. */
export interface Requester {
  /** Spelled as `toNetwork` spells it. */
  readonly network: string
  /** Name of a device that has signed in to this very account before; null for a stranger. */
  readonly device: string | null
}

/** Whom limits count an attempt at an account for; `userId`: null where there is no such account. */
export type IdentifyRequester = (client: ClientFacts, userId: string | null) => Requester

/** The id of no account: looking for it costs the same. */
export const NO_ACCOUNT = 'nobody'

/** The same work whether or not there is an account. */
export function createRequesterIdentifier(devices: DeviceTokens): IdentifyRequester {
  return (client, userId) => ({
    network: toNetwork(client.ipAddress),
    device: client.deviceToken === null ? null : devices.read(client.deviceToken, userId ?? NO_ACCOUNT),
  })
}
