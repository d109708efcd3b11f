import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRows } from '../support/backends.ts'
import { gatewayProcesses, postTo, runGateway, signUpAt } from '../support/servers/gateway-process.ts'

const CREATE = `mutation ($title: String!) { createPost(input: { title: $title, content: "x", published: true }) { id } }`
const LOGIN =
  'mutation { login(input: { email: "ada@example.com", password: "a quiet harbour at dawn" }) { __typename } }'

describe('gateway backup', () => {
  const { folder, start } = gatewayProcesses()

  it('copies the database while a server writes, with every acknowledged row (SR-195)', async () => {
    const home = folder()
    const settings = { DATA_DIR: home, RATE_LIMIT_SCALE: '100000' }
    const gateway = await start(settings)
    const headers = { authorization: `Bearer ${await signUpAt(gateway)}` }
    const acknowledged: string[] = []
    const refused: unknown[] = []
    let isWriting = true
    const write = async () => {
      while (isWriting) {
        const { data, code } = await postTo(gateway.address, CREATE, { title: 'a post' }, headers)
        if (code === undefined) acknowledged.push(String(data?.['createPost']?.['id']))
        else refused.push(code)
      }
    }
    const writers = Promise.all([write(), write(), write()])
    while (acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 10))
    const before = [...acknowledged]
    const file = join(home, 'copy.db')
    const { status, output } = await runGateway(settings, ['backup', file])
    isWriting = false
    await writers
    expect([status, output]).toEqual([0, `backup written to ${file}\n`])
    expect([statSync(file).mode & 0o777, refused]).toEqual([0o600, []])
    expect(existsSync(`${file}-wal`)).toBe(false)

    const [check] = await readRows<{ integrity_check: string }>(`file:${file}`, 'PRAGMA integrity_check')
    expect(check?.integrity_check).toBe('ok')
    const copied = await readRows<{ id: string }>(`file:${file}`, 'SELECT id FROM posts')
    const ids = new Set(copied.map(({ id }) => id))
    expect(before.filter((id) => !ids.has(id))).toEqual([])
    const restored = await start({ ...settings, DATABASE_URL: `file:${file}` })
    expect((await postTo(restored.address, LOGIN)).data?.['login']).toEqual({ __typename: 'AuthPayload' })
  }, 60_000)

  it('overwrites no file, and says in one line why it wrote none (SR-195)', async () => {
    const home = folder()
    const settings = { DATA_DIR: home }
    const file = join(home, 'taken.db')
    const failures = async (environment: Record<string, string>, to: string) => {
      const { status, output } = await runGateway(environment, ['backup', to])
      return [status, output]
    }
    expect(await failures(settings, file)).toEqual([1, `The database ${home}/gateway.db does not exist.\n`])
    expect([existsSync(file), existsSync(join(home, 'gateway.db'))]).toEqual([false, false])
    expect((await runGateway(settings, ['migrate'])).status).toBe(0)
    writeFileSync(file, 'kept')
    expect(await failures(settings, file)).toEqual([
      1,
      `${file} exists already. A backup overwrites no file.\n`,
    ])
    expect(readFileSync(file, 'utf8')).toBe('kept')
    expect(await failures(settings, join(home, 'no/where.db'))).toEqual([
      1,
      `The folder of ${home}/no/where.db does not exist.\n`,
    ])
    expect(await failures({ ...settings, DATABASE_URL: 'postgresql://127.0.0.1:1/none' }, file)).toEqual([
      1,
      'gateway backup copies SQLite databases only. Use pg_dump for PostgreSQL.\n',
    ])
  }, 60_000)

  it('is what a start recommends that finds a copied file without its WAL (SR-196)', async () => {
    const home = folder()
    const secret = { GATEWAY_SECRET: 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h' }
    const gateway = await start({ ...secret, DATA_DIR: home })
    await signUpAt(gateway)
    expect(gateway.output()).not.toContain('database.wal_missing')
    const copies = { alone: folder(), whole: folder() }
    for (const copy of Object.values(copies)) {
      mkdirSync(copy, { recursive: true })
      copyFileSync(join(home, 'gateway.db'), join(copy, 'gateway.db'))
    }
    copyFileSync(join(home, 'gateway.db-wal'), join(copies.whole, 'gateway.db-wal'))
    expect((await start({ ...secret, DATA_DIR: copies.alone })).output()).toContain(
      '"event":"database.wal_missing"',
    )
    expect((await start({ ...secret, DATA_DIR: copies.whole })).output()).not.toContain(
      'database.wal_missing',
    )
    expect(await gateway.stop()).toBe(0)
    expect((await start({ ...secret, DATA_DIR: home })).output()).not.toContain('database.wal_missing')
  }, 60_000)
})
