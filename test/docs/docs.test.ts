import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, validate, type DocumentNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { signedInBy } from '../support/outcomes.ts'
import { startGateway } from '../support/gateway.ts'
import type { VerifyOtpMutation } from '../generated/graphql.ts'

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text ?? '',
  )
}

describe('the page of message texts', () => {
  const page = readFileSync(join(root, 'docs/message-texts.md'), 'utf8')

  it('shows pictures that exist, and are small', () => {
    const images = [...page.matchAll(/\]\((images\/[^)]+)\)/g)].map(([, path = '']) =>
      join(root, 'docs', path),
    )
    expect(images).toHaveLength(6)
    for (const image of images) expect(statSync(image).size).toBeLessThan(150_000)
  })

  it('names files that exist', () => {
    const files = [...page.matchAll(/`((?:src|test)\/[^`]+)`/g)].map(([, path = '']) => path)
    expect(files.length).toBeGreaterThan(6)
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('the README', () => {
  it('fits on two screens', () => expect(readme.split('\n').length).toBeLessThanOrEqual(130))

  it('shows GraphQL that the schema understands', () => {
    const documents = blocks('graphql').map((text) => parse(text))
    expect(documents.length).toBeGreaterThan(0)
    for (const document of documents) {
      for (const operation of document.definitions) {
        const alone: DocumentNode = { ...document, definitions: [operation] }
        expect(validate(schemaWithoutServices(), alone)).toEqual([])
      }
    }
  })

  it('shows a sign-in that works as it is written', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0])
    const [register = '', verify = ''] = (blocks('graphql')[0] ?? '').split(/\n(?=mutation Verify)/)
    const { data } = await gateway.sendText(register)
    const { challengeId, otpCode } = data?.['register'] as { challengeId: string; otpCode: string }
    const verified = await gateway.sendText(verify, { challengeId, code: otpCode })
    const { accessToken } = signedInBy(verified.data?.['verifyOtp'] as VerifyOtpMutation['verifyOtp'])
    expect((await gateway.sendText('{ me { email } }', {}, { token: accessToken })).data).toEqual({
      me: { email: 'ada@example.com' },
    })
    await gateway.close()
  })

  it('names commands and files that exist', () => {
    const commands = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '')
    expect(commands.filter((name) => !(name in scripts))).toEqual([])
    const files = [...readme.matchAll(/\]\((?!http)([^)]+)\)|`(test\/[^`]+|src\/[^`]+)`/g)].map(
      ([, link, path]) => link ?? path ?? '',
    )
    expect(files.length).toBeGreaterThan(3)
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
