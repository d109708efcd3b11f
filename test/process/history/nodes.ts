import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayProcess } from '../../support/servers/gateway-process.ts'
import type { Choices } from './random.ts'

/** A gateway that is killed and restarted. Its address changes with each start. */
export interface Node {
  readonly name: string
  readonly gateway: GatewayProcess
}

/** The gateways of one installation. */
export interface Nodes {
  readonly all: readonly Node[]
  /** Kills a gateway with SIGKILL and starts another one in its place. */
  replace(node: Node): Promise<void>
}

/** Starts one gateway for each name. */
export async function startNodes(
  names: readonly string[],
  start: () => Promise<GatewayProcess>,
): Promise<Nodes> {
  const all = await Promise.all(names.map(async (name) => ({ name, gateway: await start() })))
  return {
    all,
    async replace(node) {
      const place = all.find(({ name }) => name === node.name)
      if (!place) throw new Error(`no node ${node.name}`)
      await place.gateway.stop('SIGKILL')
      place.gateway = await start()
    },
  }
}

/** Minimum number of kills. A run on a slow machine takes longer to reach it. */
export const FEWEST_KILLS = 3

/**
 * Options of `keepKilling`. `beset` sends many revocations to a node and resolves before all of them have a
 * response.
 */
export interface KillingOptions {
  readonly nodes: Nodes
  readonly choices: Choices
  readonly until: number
  readonly beset: (node: Node) => Promise<void>
}

/**
 * Kills one of the gateways every 2 to 5 s and returns the number of kills. Most kills happen during
 * revocations, because the interval between two writes is short.
 */
export async function keepKilling({ nodes, choices, until, beset }: KillingOptions): Promise<number> {
  await sleep(1000)
  for (let kills = 0; ; kills += 1) {
    if (performance.now() > until && kills >= FEWEST_KILLS) return kills
    const victim = choices.pick(nodes.all)
    if (!victim) throw new Error('no node')
    if (choices.chance(0.7)) {
      await beset(victim)
      await sleep(choices.between(0, 6))
    }
    await Promise.all([nodes.replace(victim), sleep(choices.between(2000, 5000))])
  }
}
