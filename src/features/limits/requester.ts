import type { ClientFacts } from '../../core/caller.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { networkOf } from '../../core/network.ts'

/** Who tries something at an account, in values that the caller cannot choose freely. */
export interface Visitor {
  /** Spelled as `networkOf` spells it. */
  readonly network: string
  /** Name of a device that has signed in to this very account before; null for a stranger. */
  readonly device: string | null
}

/** Whom limits count an attempt at an account for; `userId`: null where there is no such account. */
export type VisitorOf = (client: ClientFacts, userId: string | null) => Visitor

/** The id of no account: looking for it costs the same. */
export const NOBODY = 'nobody'

/** The same work whether or not there is an account. */
export function visitorsBy(devices: DeviceTokens): VisitorOf {
  return (client, userId) => ({
    network: networkOf(client.ipAddress),
    device: client.deviceToken === null ? null : devices.read(client.deviceToken, userId ?? NOBODY),
  })
}
