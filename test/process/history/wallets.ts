import type { Choices } from './random.ts'
import type { Issued, Operation, Outcome } from './record.ts'

/** What the clients know of one session; they share it, as tabs and thieves do. */
export interface Wallet {
  readonly account: string
  readonly session: string
  /** In the order they became known. */
  readonly accessTokens: string[]
  /**
   * In the order they became known, which is the order they were made: nobody can present a token before it
   * is known.
   */
  readonly refreshTokens: string[]
  /**
   * Whether somebody was told that it has ended. It steers the choice of calls only; the check does not read
   * it.
   */
  ended: boolean
}

/** All sessions that the clients know. */
export interface Wallets {
  readonly all: readonly Wallet[]
  ofAccount(account: string): Wallet[]
  /** Learns the tokens of an answer. */
  learn(account: string, issued: Issued): void
  /**
   * A session of the account: mostly one that lives as far as is known, now and then one that has ended
   * lately.
   */
  choose(account: string, choices: Choices): Wallet | undefined
}

/** How many of the sessions that ended last are tried again. */
const LATELY_ENDED = 6

/** Wallets, none yet. */
export function createWallets(): Wallets {
  const all: Wallet[] = []
  const ofAccount = (account: string) => all.filter((wallet) => wallet.account === account)
  return {
    all,
    ofAccount,
    learn(account, { session, accessToken, refreshToken }) {
      const known = all.find((wallet) => wallet.session === session)
      const wallet = known ?? { account, session, accessTokens: [], refreshTokens: [], ended: false }
      if (!known) all.push(wallet)
      wallet.accessTokens.push(accessToken)
      if (!wallet.refreshTokens.includes(refreshToken)) wallet.refreshTokens.push(refreshToken)
    },
    choose(account, choices) {
      const wallets = ofAccount(account)
      const ended = wallets.filter((wallet) => wallet.ended).slice(-LATELY_ENDED)
      const living = wallets.filter((wallet) => !wallet.ended)
      return choices.pick(choices.chance(0.25) && ended.length > 0 ? ended : living)
    },
  }
}

/** Mostly the latest access token; an earlier one must do as well while the session lives. */
export function anAccessToken({ accessTokens }: Wallet, choices: Choices): string {
  return (choices.chance(0.3) ? choices.pick(accessTokens) : accessTokens.at(-1)) ?? ''
}

/**
 * Mostly the latest refresh token, often the one before it, and once in a while one that ends the session.
 */
export function aRefreshToken({ refreshTokens }: Wallet, choices: Choices): string {
  const latest = refreshTokens.at(-1) ?? ''
  if (choices.chance(0.05)) return choices.pick(refreshTokens) ?? latest
  return choices.chance(0.2) ? (refreshTokens.at(-2) ?? latest) : latest
}

/** The sessions that an answer says have ended. */
export function endedBy(
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
