import { setTimeout as sleep } from 'node:timers/promises'
import type { Recorder } from './calls.ts'
import type { Node } from './nodes.ts'
import { createChoices, type Choices } from './random.ts'
import { FINAL, type Operation, type Outcome } from './record.ts'
import { chooseRefreshToken, chooseAccessToken, findEnded, type Wallet, type Wallets } from './wallets.ts'

/** Options of `createClients`. */
export interface ClientOptions {
  readonly nodes: readonly Node[]
  readonly recorder: Recorder
  readonly wallets: Wallets
  /** E-mail addresses of the accounts, which have one password. */
  readonly accounts: readonly string[]
  readonly password: string
}

/** The outcome of a call, and the sessions that it newly reports as ended. */
interface Result {
  readonly node: Node
  readonly outcome: Outcome
  readonly ended: readonly Wallet[]
}

/** Relative frequency of each operation. */
const REVOCATIONS = { logout: 6, revokeSession: 6, revokeOtherSessions: 3, logoutEverywhere: 2 }
const WEIGHTS = { me: 40, refresh: 32, login: 6, ...REVOCATIONS }
/** Number of revocations in a burst. */
const BURST = 12
/** An account with fewer active sessions signs in again. */
const MIN_ACTIVE = 3

/** Name of the client that reads every session before the final one. */
const FIRST = 'first look'

/** Clients that send random calls to random nodes. */
export interface Clients {
  /** Runs a client that sends one call after the other until `isOver`. */
  run(name: string, seed: number, isOver: () => boolean): Promise<void>
  /** Starts a session. Returns whether there was a response. */
  signIn(client: string, node: Node, account: string): Promise<boolean>
  /**
   * Sends many concurrent revocations to a node. Resolves with the first response of a random one.
   */
  beset(node: Node, choices: Choices): Promise<void>
  /** Reads every session from every node, until each has responded. */
  lookAtAll(): Promise<void>
}

/** Clients for some nodes and accounts. */
export function createClients({ nodes, recorder, wallets, accounts, password }: ClientOptions): Clients {
  const bursts: Promise<void>[] = []

  async function fire(
    client: string,
    node: Node,
    wallet: Wallet,
    operation: Operation,
    choices: Choices,
  ): Promise<Result> {
    const { account, session } = wallet
    const presented = operation.name === 'refresh' ? {} : { accessToken: chooseAccessToken(wallet, choices) }
    const known = wallets.findByAccount(account)
    const outcome = await recorder.fire({ client, account, session }, node, operation, presented)
    if (outcome.kind === 'ok' && outcome.issued) wallets.learn(account, outcome.issued)
    const ended = findEnded(operation, wallet, known, outcome).filter((other) => !other.ended)
    for (const other of ended) other.ended = true
    return { node, outcome, ended }
  }

  async function signIn(client: string, node: Node, account: string): Promise<boolean> {
    const origin = { client, account, session: null }
    const outcome = await recorder.fire(origin, node, { name: 'login' }, { email: account, password })
    if (outcome.kind === 'ok' && outcome.issued) wallets.learn(account, outcome.issued)
    return outcome.kind !== 'unknown'
  }

  /** Retries a call without a response at another node, and tries the reported sessions immediately. */
  async function follow(
    client: string,
    wallet: Wallet,
    operation: Operation,
    first: Result,
    choices: Choices,
  ) {
    const other = nodes.find(({ name }) => name !== first.node.name) ?? first.node
    const isLost = first.outcome.kind === 'unknown'
    const result = isLost ? await fire(client, other, wallet, operation, choices) : first
    if (result.outcome.kind === 'ok') await probe(client, result.ended.slice(0, 3), choices)
  }

  /** Sends a random call; some refreshes go to all nodes. Returns whether every call got a response. */
  async function act(client: string, choices: Choices): Promise<boolean> {
    const account = choices.pick(accounts) ?? ''
    const active = wallets.findByAccount(account).filter(({ ended }) => !ended)
    const name = active.length < MIN_ACTIVE ? 'login' : choices.weighted(WEIGHTS)
    const node = chooseNode(choices)
    const wallet = wallets.choose(account, choices)
    if (name === 'login' || !wallet) return signIn(client, node, account)
    const operation = buildOperation(name, wallet, choices)
    const targets = name === 'refresh' && choices.chance(0.3) ? nodes : [node]
    const results = await Promise.all(
      targets.map((target) => fire(client, target, wallet, operation, choices)),
    )
    for (const result of results) await follow(client, wallet, operation, result, choices)
    return results.every(({ outcome }) => outcome.kind !== 'unknown')
  }

  function buildOperation(
    name: Exclude<Operation['name'], 'login'>,
    wallet: Wallet,
    choices: Choices,
  ): Operation {
    if (name === 'refresh') return { name, presented: chooseRefreshToken(wallet, choices) }
    if (name !== 'revokeSession') return { name }
    return { name, target: wallets.choose(wallet.account, choices)?.session ?? wallet.session }
  }

  async function beset(node: Node, choices: Choices): Promise<void> {
    const active = wallets.all.filter(({ ended }) => !ended)
    const chosen = Array.from({ length: BURST }, () => choices.pick(active)).filter((wallet) => !!wallet)
    const fired = chosen.map(async (wallet, index) => {
      const operation = buildOperation(choices.weighted(REVOCATIONS), wallet, choices)
      await sleep(index * 2)
      const result = await fire('burst', node, wallet, operation, choices)
      bursts.push(follow('burst', wallet, operation, result, choices))
    })
    bursts.push(...fired)
    await choices.pick(fired)
  }

  async function probe(client: string, ended: readonly Wallet[], choices: Choices): Promise<void> {
    for (const wallet of ended) {
      const presented = wallet.refreshTokens.at(-1) ?? ''
      await fire(client, chooseNode(choices), wallet, { name: 'me' }, choices)
      await fire(client, chooseNode(choices), wallet, { name: 'refresh', presented }, choices)
    }
  }

  function chooseNode(choices: Choices): Node {
    const node = choices.pick(nodes)
    if (!node) throw new Error('no node')
    return node
  }

  /**
   * Reads the session records first, before a refresh repairs them. Then refreshes, which SQL decides, and
   * reads the records again: from here on all responses must agree.
   */
  async function look(wallet: Wallet): Promise<void> {
    const choices = createChoices(0)
    const me = { name: 'me' } as const
    const refresh = { name: 'refresh', presented: wallet.refreshTokens.at(-1) ?? '' } as const
    const looks = [[FIRST, me] as const, [FINAL, refresh] as const, [FINAL, me] as const]
    for (const [client, operation] of looks)
      for (const node of nodes)
        await retryUntilResponse(async () => (await fire(client, node, wallet, operation, choices)).outcome)
  }

  return {
    signIn,
    beset,
    async run(name, seed, isOver) {
      const choices = createChoices(seed)
      while (!isOver()) {
        const isAnswered = await act(name, choices)
        // A stopped node rejects immediately; without a pause its errors would dominate the record.
        await sleep(isAnswered ? choices.between(0, 40) : 100)
      }
    },
    async lookAtAll() {
      for (let burst = bursts.pop(); burst; burst = bursts.pop()) await burst
      const waiting = [...wallets.all]
      const worker = async () => {
        for (let wallet = waiting.pop(); wallet; wallet = waiting.pop()) await look(wallet)
      }
      await Promise.all(Array.from({ length: 8 }, worker))
    },
  }
}

async function retryUntilResponse(ask: () => Promise<Outcome>): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if ((await ask()).kind !== 'unknown') return
    await sleep(100)
  }
  throw new Error('a node does not respond after the load')
}
