import { Command, type Cluster, type Redis } from 'ioredis'

/** Most redirections that one command follows: its slot moves, and the target of the move fails over. */
const MAX_REDIRECTIONS = 3

/**
 * The values of keys of any slots: one MGET for each slot, all sent at once, so that it takes one round trip
 * to each node.
 */
export async function getAcrossSlots(cluster: Cluster, keys: readonly string[]): Promise<(string | null)[]> {
  const slots = new Map<number, Set<string>>()
  for (const key of keys) {
    const slot = findSlot(key)
    slots.set(slot, (slots.get(slot) ?? new Set()).add(key))
  }
  const values = new Map<string, string | null>()
  const read = async (slotKeys: readonly string[]) => {
    const found = await cluster.mget([...slotKeys])
    for (const [index, key] of slotKeys.entries()) values.set(key, found[index] ?? null)
  }
  await Promise.all([...slots.values()].map((slotKeys) => read([...slotKeys])))
  return keys.map((key) => values.get(key) ?? null)
}

/** The slot of a key (Redis Cluster specification, hash tags). */
export function findSlot(key: string): number {
  return new Command('get', [key]).getSlot()
}

/**
 * Runs a command on the connection to the node that owns the key, and follows redirections: a node that does
 * not own it has not executed the command. ioredis follows them, too, but does not tell which node has
 * executed a command, and WAIT has to follow it on the same connection. Rejects if the node is unknown.
 */
export async function runOnOwner<T>(
  cluster: Cluster,
  key: string,
  run: (node: Redis, isAsking: boolean) => Promise<T>,
): Promise<T> {
  let node = requireNode(findOwner(cluster, key))
  let isAsking = false
  for (let left = MAX_REDIRECTIONS; ; left -= 1) {
    try {
      return await run(node, isAsking)
    } catch (error) {
      const redirection = left > 0 ? parseRedirection(error) : null
      if (redirection === null) throw error
      // Also makes a node known that had no slot before.
      if (!redirection.isAsking) cluster.refreshSlotsCache()
      isAsking = redirection.isAsking
      node = requireNode(findNode(cluster, redirection.address))
    }
  }
}

/** The connection to the primary of a key; null while it is not known. */
export function findOwner(cluster: Cluster, key: string): Redis | null {
  return findNode(cluster, cluster.slots[findSlot(key)]?.[0] ?? '')
}

function findNode(cluster: Cluster, address: string): Redis | null {
  const isNode = ({ options: { host, port } }: Redis) => `${host}:${port}` === address
  return cluster.nodes('all').find(isNode) ?? null
}

function requireNode(node: Redis | null): Redis {
  if (!node) throw new Error('the node of the key is not connected')
  return node
}

/** The target of `MOVED 3999 127.0.0.1:6381` or `ASK …`; null for any other error. */
function parseRedirection(error: unknown): { readonly address: string; readonly isAsking: boolean } | null {
  const [, kind, address] = /^(MOVED|ASK) \d+ (\S+)$/.exec(error instanceof Error ? error.message : '') ?? []
  return address === undefined ? null : { address, isAsking: kind === 'ASK' }
}
