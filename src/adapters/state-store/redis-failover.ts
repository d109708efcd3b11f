import type { Redis } from 'ioredis'

/** Published by each Sentinel as soon as it knows the new primary (Redis documentation, Sentinel Pub/Sub). */
export const SWITCH_CHANNEL = '+switch-master'

/**
 * Connects a client again when a Sentinel announces another primary of the group `name`. The former primary
 * accepts connections and writes until the Sentinels make it a replica: for about ten seconds if it did not
 * fail, or is back early. What is written there meanwhile is lost.
 *
 * Every Sentinel is listened to: one that is late still names the former primary to a client that connects.
 * The connections to them end with the client. Ours, because the fail-over detector of ioredis 6.0 ends a
 * client that is just connecting.
 */
export function followFailovers(client: Redis, name: string, sentinels: readonly Redis[]): void {
  /** Address of the primary that was announced last, until the client is or was connected. */
  let announced: string | null = null

  function follow(): void {
    if (announced === null || client.status !== 'ready') return
    const isElsewhere = announced !== readPeer(client)
    announced = null
    if (isElsewhere) client.disconnect(true)
  }

  for (const sentinel of sentinels) {
    sentinel.on('message', (_channel: string, message: string) => {
      const [group, , , host, port] = message.split(' ')
      if (group !== name) return
      announced = `${host} ${port}`
      follow()
    })
    sentinel.subscribe(SWITCH_CHANNEL).catch(() => undefined)
  }
  client.on('ready', follow)
  client.once('end', () => sentinels.forEach((sentinel) => sentinel.disconnect()))
}

function readPeer({ stream: { remoteAddress, remotePort } }: Redis): string {
  return `${remoteAddress} ${remotePort}`
}
