import type { GraphqlResponse, TestGateway } from '../support/gateway.ts'
import {
  CreateApiKeyDocument,
  IssueTokenDocument,
  MeDocument,
  type CreateApiKeyMutation,
  type IssueTokenMutation,
} from '../generated/graphql.ts'

/** What a program needs. */
export type Credentials = Pick<CreateApiKeyMutation['createApiKey'], 'apiKey' | 'apiSecret'>

/** Every scope that an account can grant by default. */
export const ALL_SCOPES: readonly string[] = ['account:read', 'posts:read', 'posts:write']

/** A new key of a signed-in account. */
export async function createApiKey(
  gateway: TestGateway,
  token: string,
  scopes: readonly string[] = ALL_SCOPES,
  expiresAt: Date | null = null,
): Promise<CreateApiKeyMutation['createApiKey']> {
  const input = { name: 'nightly report', scopes: [...scopes], expiresAt: expiresAt?.toISOString() ?? null }
  return (await gateway.ask(CreateApiKeyDocument, { input }, token)).createApiKey
}

/** The response to a request for a token. */
export function tryIssue(
  gateway: TestGateway,
  { apiKey, apiSecret }: Credentials,
  scopes: readonly string[] | null = null,
): Promise<GraphqlResponse<IssueTokenMutation>> {
  return gateway.send(IssueTokenDocument, { input: { apiKey, apiSecret, scopes: scopes && [...scopes] } })
}

/** A token of a key. */
export async function issueToken(
  gateway: TestGateway,
  { apiKey, apiSecret }: Credentials,
  scopes: readonly string[] | null = null,
): Promise<IssueTokenMutation['issueToken']> {
  const input = { apiKey, apiSecret, scopes: scopes && [...scopes] }
  return (await gateway.ask(IssueTokenDocument, { input })).issueToken
}

/** Whether a token with the scope `account:read` is accepted. */
export async function isAccepted(gateway: TestGateway, token: string): Promise<boolean> {
  return (await gateway.send(MeDocument, {}, { token })).code === undefined
}
