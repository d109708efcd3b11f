import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { serverAudits } from 'graphql-http'
import { describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/http.md'), 'utf8')
/** The audits that the page explains: rows of its table that start with an id of four characters. */
const EXPLAINED = [...page.matchAll(/^\| `([0-9A-F]{4})`/gm)].map(([, id]) => id ?? '').sort()

/** Runs the audits; returns those that do not pass. */
async function runAudits(
  gateway: TestGateway,
  headers: Record<string, string> = {},
  rewrite = (text: string) => text,
) {
  const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  const fetchFn = (url: string, { headers: own, body, ...init }: Record<string, unknown> = {}) =>
    fetch(url, {
      ...init,
      ...(typeof body === 'string' && { body: rewrite(body) }),
      headers: { ...(own as Record<string, string>), ...headers },
    })
  const audits = serverAudits({ url: `${address}/graphql`, fetchFn })
  const results = []
  for (const audit of audits) results.push(await audit.fn())
  expect(results.length).toBeGreaterThanOrEqual(61)
  const open = results.filter(({ status }) => status !== 'ok')
  return { open, ids: open.map(({ id }) => id).sort() }
}

describe('graphql-http audits', () => {
  it('report no error in development, and only the warnings that docs/http.md explains (SR-105)', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], { NODE_ENV: 'development' })
    const { open, ids } = await runAudits(gateway)
    await gateway.close()
    expect(open.filter(({ status }) => status === 'error')).toEqual([])
    expect(ids).toEqual(EXPLAINED)
  })

  it('report the same in production, where they query posts because introspection is off (SR-105)', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], { NODE_ENV: 'production' })
    const { accessToken } = await gateway.signUp()
    const { open, ids } = await runAudits(gateway, { authorization: `Bearer ${accessToken}` }, (text) =>
      text.replace(
        /__type\(name: (\$name|\\"[^"]*\\")\) \{ name \}/,
        'posts(after: null, filter: { search: $1 }) { totalCount }',
      ),
    )
    await gateway.close()
    expect(open.filter(({ status }) => status === 'error')).toEqual([])
    expect(ids).toEqual(EXPLAINED)
  })

  it('pass three more GET requests that send the header of CSRF prevention (SR-106)', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], { NODE_ENV: 'development' })
    const { ids } = await runAudits(gateway, { 'apollo-require-preflight': 'true' })
    await gateway.close()
    expect(ids).toEqual(EXPLAINED.filter((id) => !['5A70', 'D6D5', '6A70'].includes(id)))
  })
})
