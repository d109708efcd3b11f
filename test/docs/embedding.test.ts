import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App, MailMessage, Overrides } from '../../src/index.ts'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import { eventually } from '../support/servers/processes.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/embedding.md'), 'utf8')
const [block = ''] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text ?? '')

/** The exports of the module in the page. */
interface Embedding {
  startGateway(
    variables: Record<string, string | undefined>,
    overrides?: Overrides,
  ): Promise<{ url: string; app: App }>
  collectMail(messages: MailMessage[]): Overrides
}

describe('the module of docs/embedding.md', () => {
  const folder = temporaryFolder()
  let embedding: Embedding
  beforeAll(async () => {
    const file = join(folder, 'embedding.ts')
    writeFileSync(file, block.replace('graphql-auth-gateway', join(root, 'src/index.ts')))
    embedding = (await import(file)) as Embedding
  })
  afterAll(() => removeFolder(folder))

  it('starts a gateway that serves requests, and collects its e-mails', async () => {
    const messages: MailMessage[] = []
    const database = `file:${join(folder, 'gateway.db')}`
    const variables = {
      NODE_ENV: 'test',
      DATA_DIR: folder,
      DATABASE_URL: database,
      PORT: '0',
      LOG_LEVEL: 'silent',
    }
    const { url, app } = await embedding.startGateway(variables, embedding.collectMail(messages))
    const query = 'mutation { register(input: { email: "ada@example.com" }) { messageKey } }'
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    expect(await response.json()).toMatchObject({
      data: { register: { messageKey: 'OTP_SENT_SUCCESSFULLY' } },
    })
    const [mail] = await eventually(async () => messages.length > 0 && messages)
    expect(mail?.to).toBe('ada@example.com')
    await app.close()
  })

  it('names overrides that exist', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name)
    const declared = readFileSync(join(root, 'src/composition/adapters.ts'), 'utf8')
    const [, body = ''] = /interface Overrides \{([\s\S]*?)\n\}/.exec(declared) ?? []
    expect(rows).toEqual([...body.matchAll(/readonly (\w+)\?:/g)].map(([, name]) => name))
  })
})
