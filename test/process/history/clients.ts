import { setTimeout as sleep } from 'node:timers/promises'
import type { Recorder } from './calls.ts'
import type { Node } from './nodes.ts'
import { createChoices, type Choices } from './random.ts'
import { FINAL, type Operation, type Outcome } from './record.ts'
import { aRefreshToken, anAccessToken, endedBy, type Wallet, type Wallets } from './wallets.ts'

/** What the clients work with. */
export interface ClientOptions {
  readonly nodes: readonly Node[]
  readonly recorder: Recorder
  readonly wallets: Wallets
  /** Addresses; all have the same password. */
  readonly accounts: readonly string[]
  readonly password: string
}

/** What a node said, and which sessions have ended by it as far as was not known before. */
interface Answer {
  readonly node: Node
  readonly outcome: Outcome
  readonly ended: readonly Wallet[]
}

/** How often each operation is chosen. */
const REVOCATIONS = { logout: 6, revokeSession: 6, revokeOtherSessions: 3, logoutEverywhere: 2 }
const WEIGHTS = { me: 40, refresh: 32, login: 6, ...REVOCATIONS }
/** Revocations of one storm. */
const STORM = 12
/** With fewer sessions than this that live as far as is known, an account signs in again. */
const FEWEST_LIVING = 3

/** Name of the client that looks at every session before the final look. */
const FIRST = 'first look'

/** Clients that call whatever they please, wherever they please. */
export interface Clients {
  /** One client, calling one thing after the other until it is over. */
  run(name: string, seed: number, isOver: () => boolean): Promise<void>
  /** Starts a session; whether that was answered. */
  signIn(client: string, node: Node, account: string): Promise<boolean>
  /**
   * Fires many revocations at one node, without waiting for answers in between; resolves when one of them is
   * answered.
   */
  beset(node: Node, choices: Choices): Promise<void>
  /** Asks every node about every session, until each has answered. */
  lookAtAll(): Promise<void>
}

/** Clients for some nodes and accounts. */
export function createClients({ nodes, recorder, wallets, accounts, password }: ClientOptions): Clients {
  const storms: Promise<void>[] = []

  async function fire(
    client: string,
    node: Node,
    wallet: Wallet,
    operation: Operation,
    choices: Choices,
  ): Promise<Answer> {
    const { account, session } = wallet
    const presented = operation.name === 'refresh' ? {} : { accessToken: anAccessToken(wallet, choices) }
    const known = wallets.ofAccount(account)
    const outcome = await recorder.fire({ client, account, session }, node, operation, presented)
    if (outcome.kind === 'ok' && outcome.issued) wallets.learn(account, outcome.issued)
    const ended = endedBy(operation, wallet, known, outcome).filter((other) => !other.ended)
    for (const other of ended) other.ended = true
    return { node, outcome, ended }
  }

  async function signIn(client: string, node: Node, account: string): Promise<boolean> {
    const origin = { client, account, session: null }
    const outcome = await recorder.fire(origin, node, { name: 'login' }, { email: account, password })
    if (outcome.kind === 'ok' && outcome.issued) wallets.learn(account, outcome.issued)
    return outcome.kind !== 'unknown'
  }

  /** A lost answer has the call tried again elsewhere. What the answer says has ended is tried at once. */
  async function insist(
    client: string,
    wallet: Wallet,
    operation: Operation,
    first: Answer,
    choices: Choices,
  ) {
    const other = nodes.find(({ name }) => name !== first.node.name) ?? first.node
    const isLost = first.outcome.kind === 'unknown'
    const answer = isLost ? await fire(client, other, wallet, operation, choices) : first
    if (answer.outcome.kind === 'ok') await probe(client, answer.ended.slice(0, 3), choices)
  }

  /** One choice; whether every call of it was answered. Some refreshes go to every node at once. */
  async function turn(client: string, choices: Choices): Promise<boolean> {
    const account = choices.pick(accounts) ?? ''
    const living = wallets.ofAccount(account).filter(({ ended }) => !ended)
    const name = living.length < FEWEST_LIVING ? 'login' : choices.weighted(WEIGHTS)
    const node = chosenNode(choices)
    const wallet = wallets.choose(account, choices)
    if (name === 'login' || !wallet) return signIn(client, node, account)
    const operation = operationOf(name, wallet, choices)
    const places = name === 'refresh' && choices.chance(0.3) ? nodes : [node]
    const answers = await Promise.all(places.map((place) => fire(client, place, wallet, operation, choices)))
    for (const answer of answers) await insist(client, wallet, operation, answer, choices)
    return answers.every(({ outcome }) => outcome.kind !== 'unknown')
  }

  function operationOf(
    name: Exclude<Operation['name'], 'login'>,
    wallet: Wallet,
    choices: Choices,
  ): Operation {
    if (name === 'refresh') return { name, presented: aRefreshToken(wallet, choices) }
    if (name !== 'revokeSession') return { name }
    return { name, target: wallets.choose(wallet.account, choices)?.session ?? wallet.session }
  }

  async function beset(node: Node, choices: Choices): Promise<void> {
    const living = wallets.all.filter(({ ended }) => !ended)
    const chosen = Array.from({ length: STORM }, () => choices.pick(living)).filter((wallet) => !!wallet)
    const fired = chosen.map(async (wallet, index) => {
      const operation = operationOf(choices.weighted(REVOCATIONS), wallet, choices)
      await sleep(index * 2)
      const answer = await fire('storm', node, wallet, operation, choices)
      storms.push(insist('storm', wallet, operation, answer, choices))
    })
    storms.push(...fired)
    await choices.pick(fired)
  }

  async function probe(client: string, ended: readonly Wallet[], choices: Choices): Promise<void> {
    for (const wallet of ended) {
      const presented = wallet.refreshTokens.at(-1) ?? ''
      await fire(client, chosenNode(choices), wallet, { name: 'me' }, choices)
      await fire(client, chosenNode(choices), wallet, { name: 'refresh', presented }, choices)
    }
  }

  function chosenNode(choices: Choices): Node {
    const node = choices.pick(nodes)
    if (!node) throw new Error('there is no node')
    return node
  }

  /**
   * First as the session records see it, before anything puts them right. Then refresh, which SQL decides,
   * and what the records say after it: from here on everything must agree.
   */
  async function look(wallet: Wallet): Promise<void> {
    const choices = createChoices(0)
    const me = { name: 'me' } as const
    const refresh = { name: 'refresh', presented: wallet.refreshTokens.at(-1) ?? '' } as const
    const looks = [[FIRST, me] as const, [FINAL, refresh] as const, [FINAL, me] as const]
    for (const [client, operation] of looks)
      for (const node of nodes)
        await untilAnswered(async () => (await fire(client, node, wallet, operation, choices)).outcome)
  }

  return {
    signIn,
    beset,
    async run(name, seed, isOver) {
      const choices = createChoices(seed)
      while (!isOver()) {
        const isAnswered = await turn(name, choices)
        // A node that is down answers at once; without a pause its refusals would be most of the record.
        await sleep(isAnswered ? choices.between(0, 40) : 100)
      }
    },
    async lookAtAll() {
      for (let storm = storms.pop(); storm; storm = storms.pop()) await storm
      const waiting = [...wallets.all]
      const worker = async () => {
        for (let wallet = waiting.pop(); wallet; wallet = waiting.pop()) await look(wallet)
      }
      await Promise.all(Array.from({ length: 8 }, worker))
    },
  }
}

async function untilAnswered(ask: () => Promise<Outcome>): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if ((await ask()).kind !== 'unknown') return
    await sleep(100)
  }
  throw new Error('a node does not answer although all is quiet')
}
