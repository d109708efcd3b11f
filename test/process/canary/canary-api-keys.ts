import type { FactorWalkTools } from './canary-factor-walk.ts'

/** The parts of the enclosing walk that this walk uses. */
type ApiKeyWalkTools = Pick<FactorWalkTools, 'gateway' | 'send' | 'signIn'> & {
  /** Adds a canary. */
  readonly remember: (secret: string) => void
}

/** Calls every operation of API keys with canaries, with and without success, and with a broken table. */
export async function walkApiKeys({ gateway, send, signIn, remember }: ApiKeyWalkTools): Promise<void> {
  const { accessToken } = await signIn()
  const create = (name: string) =>
    send(
      'mutation ($name: String!) { createApiKey(input: { name: $name, scopes: ["posts:read"] }) { apiKey apiSecret } }',
      { name },
      accessToken,
    )
  const issue = (apiKey: string, apiSecret: string) =>
    send('mutation ($input: IssueTokenInput!) { issueToken(input: $input) { accessToken } }', {
      input: { apiKey, apiSecret },
    })
  const revoke = (id: string) =>
    send('mutation ($id: ID!) { revokeApiKey(id: $id) { apiKeyId } }', { id }, accessToken)

  const [one, other] = [await create('one'), await create('other')].map(
    ({ data }) => data?.['createApiKey'] as { readonly apiKey: string; readonly apiSecret: string },
  )
  if (!one || !other) throw new Error('no API key')
  for (const { apiSecret } of [one, other]) remember(apiSecret)
  await create('')
  const { data } = await issue(one.apiKey, one.apiSecret)
  remember((data?.['issueToken'] as { accessToken: string }).accessToken)
  await issue(one.apiKey, other.apiSecret)
  await issue(one.apiSecret, one.apiKey)
  await gateway.sql('ALTER TABLE api_keys RENAME TO away')
  await issue(one.apiKey, one.apiSecret)
  await gateway.sql('ALTER TABLE away RENAME TO api_keys')
  await revoke(one.apiKey)
  await revoke(other.apiSecret)
}
