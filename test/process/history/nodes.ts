import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayProcess } from '../../support/servers/gateway-process.ts'
import type { Choices } from './random.ts'

/** A gateway that is killed and started again. Its address changes each time, and clients find that out. */
export interface Node {
  readonly name: string
  readonly gateway: GatewayProcess
}

/** The gateways of one installation. */
export interface Nodes {
  readonly all: readonly Node[]
  /** Kills a gateway as it stands, without a chance to finish anything, and starts another in its place. */
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
      if (!place) throw new Error(`there is no node ${node.name}`)
      await place.gateway.stop('SIGKILL')
      place.gateway = await start()
    },
  }
}

/** On a slow machine it goes on for longer, rather than kill less often than this. */
export const FEWEST_KILLS = 3

/**
 * What the killing needs. `beset`: fires many revocations at a node, and resolves in the midst of their
 * answers.
 */
export interface KillingOptions {
  readonly nodes: Nodes
  readonly choices: Choices
  readonly until: number
  readonly beset: (node: Node) => Promise<void>
}

/**
 * Kills one gateway or the other every 2 to 5 s; how many were killed. Mostly in the midst of revocations:
 * the dangerous moments are those between two writes, and they are short.
 */
export async function keepKilling({ nodes, choices, until, beset }: KillingOptions): Promise<number> {
  await sleep(1000)
  for (let kills = 0; ; kills += 1) {
    if (performance.now() > until && kills >= FEWEST_KILLS) return kills
    const victim = choices.pick(nodes.all)
    if (!victim) throw new Error('there is no node')
    if (choices.chance(0.7)) {
      await beset(victim)
      await sleep(choices.between(0, 6))
    }
    await Promise.all([nodes.replace(victim), sleep(choices.between(2000, 5000))])
  }
}
