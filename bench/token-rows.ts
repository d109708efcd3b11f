import { runCallers } from './callers.ts'
import { ME } from './requests.ts'
import { USERS, type Gateway, type Server } from './servers.ts'
import type { Row } from './turns.ts'
import { refreshTokens, repeatQuery, signInUsers, useTokensOnce } from './workloads.ts'

/** Tokens of each caller in one round of first uses after refreshes. */
const TOKENS = 150
/** Tokens of each caller in one round of first uses after sign-ins. */
const SIGN_INS = 100

/** The node that issues tokens, and the one that gets them. */
export interface Nodes {
  readonly issuer: Gateway
  readonly node: Server
  /** Waits until no server works any more. */
  readonly settle: () => Promise<void>
}

/** First uses of tokens at a node, new ones in each round, and the second uses of the same tokens. */
export function buildTokenRows(stores: string, nodes: Nodes, origin: string): Row[] {
  const { issuer } = nodes
  const issueByRefresh = async () => refreshTokens(issuer, await signInUsers(issuer), TOKENS)
  const issueBySignIn = async () => {
    const tokens = Array.from({ length: USERS }, (): string[] => [])
    for (let round = 0; round < SIGN_INS; round += 1)
      for (const [user, { accessToken }] of (await signInUsers(issuer)).entries())
        tokens[user]?.push(accessToken)
    return tokens
  }
  return [
    ...buildUses(`${stores}: {} \`me\` after a refresh ${origin}`, nodes, issueByRefresh),
    ...buildUses(`${stores}: {} \`me\` after a sign-in ${origin}`, nodes, issueBySignIn),
  ]
}

/** The load before both uses is the same: a node that was idle while tokens were issued is slower. */
function buildUses(
  name: string,
  { issuer, node, settle }: Nodes,
  issue: () => Promise<readonly (readonly string[])[]>,
): Row[] {
  const [first, second] = [name.replace('{}', 'first'), name.replace('{}', 'second')]
  let tokens: readonly (readonly string[])[] = []
  const measure = () => runCallers(node, useTokensOnce(tokens))
  const warmUp = (seconds: number) => runCallers(node, repeatQuery(ME, issuer.tokens), seconds)
  const issueAndWarmUp = async (seconds: number) => {
    tokens = await issue()
    await settle()
    await warmUp(seconds)
  }
  return [
    { name: first, base: second, measure, warmUp: issueAndWarmUp },
    { name: second, base: second, measure, warmUp },
  ]
}
