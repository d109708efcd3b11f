import type { Choices } from './random.ts'
import type { Issued, Operation, Outcome } from './record.ts'

/** The known tokens of a session. Clients share them, as tabs and attackers do. */
export interface Wallet {
  readonly account: string
  readonly session: string
  /** In the order they became known. */
  readonly accessTokens: string[]
  /**
   * In the order they became known, which is the order of issue: a client cannot present a token before it
   * is known.
   */
  readonly refreshTokens: string[]
  /**
   * Whether a response reported its end. Used for the choice of calls only, not by the check.
   */
  ended: boolean
}

/** All sessions that the clients know. */
export interface Wallets {
  readonly all: readonly Wallet[]
  findByAccount(account: string): Wallet[]
  /** Adds the tokens of a response. */
  learn(account: string, issued: Issued): void
  /**
   * A session of the account: mostly an active one, sometimes one that has ended recently.
   */
  choose(account: string, choices: Choices): Wallet | undefined
}

/** Number of recently ended sessions that are tried again. */
const LATELY_ENDED = 6

/** An empty collection of wallets. */
export function createWallets(): Wallets {
  const all: Wallet[] = []
  const findByAccount = (account: string) => all.filter((wallet) => wallet.account === account)
  return {
    all,
    findByAccount,
    learn(account, { session, accessToken, refreshToken }) {
      const known = all.find((wallet) => wallet.session === session)
      const wallet = known ?? { account, session, accessTokens: [], refreshTokens: [], ended: false }
      if (!known) all.push(wallet)
      wallet.accessTokens.push(accessToken)
      if (!wallet.refreshTokens.includes(refreshToken)) wallet.refreshTokens.push(refreshToken)
    },
    choose(account, choices) {
      const wallets = findByAccount(account)
      const ended = wallets.filter((wallet) => wallet.ended).slice(-LATELY_ENDED)
      const active = wallets.filter((wallet) => !wallet.ended)
      return choices.pick(choices.chance(0.25) && ended.length > 0 ? ended : active)
    },
  }
}

/** Mostly the latest access token. Earlier ones are also valid while the session is active. */
export function chooseAccessToken({ accessTokens }: Wallet, choices: Choices): string {
  return (choices.chance(0.3) ? choices.pick(accessTokens) : accessTokens.at(-1)) ?? ''
}

/**
 * Mostly the latest refresh token, often the previous one, and rarely one that ends the session.
 */
export function chooseRefreshToken({ refreshTokens }: Wallet, choices: Choices): string {
  const latest = refreshTokens.at(-1) ?? ''
  if (choices.chance(0.05)) return choices.pick(refreshTokens) ?? latest
  return choices.chance(0.2) ? (refreshTokens.at(-2) ?? latest) : latest
}

/** The sessions that a response reports as ended. */
export function findEnded(
  operation: Operation,
  caller: Wallet,
  known: readonly Wallet[],
  outcome: Outcome,
): readonly Wallet[] {
  if (outcome.kind === 'unknown') return []
  if (outcome.kind === 'refused')
    return operation.name === 'revokeSession' && outcome.code === 'NOT_FOUND'
      ? known.filter(({ session }) => session === operation.target)
      : [caller]
  switch (operation.name) {
    case 'logout':
      return [caller]
    case 'logoutEverywhere':
      return outcome.ended === 0 ? [caller] : known
    case 'revokeOtherSessions':
      return known.filter((wallet) => wallet !== caller)
    case 'revokeSession':
      return known.filter(({ session }) => session === operation.target)
    case 'login':
    case 'me':
    case 'refresh':
      return []
  }
}
