import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BACKENDS, EXTREMES, describeOn, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument } from '../generated/graphql.ts'

const root = resolve(import.meta.dirname, '../..')
const NAMES = ['admin', 'administrator', 'root', 'test', 'user', 'demo', 'ada', 'gateway', 'postmaster']
const PASSWORDS = ['admin', 'password', 'changeme', 'a quiet harbour at dawn']

describeOn(EXTREMES, 'a new installation in production', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { NODE_ENV: 'production' })))
  afterAll(() => gateway.close())

  it('has no account and no session, and no common credentials sign in (SR-015)', async () => {
    for (const table of ['users', 'sessions', 'posts'])
      expect(await gateway.sql(`SELECT id FROM ${table}`)).toEqual([])
    for (const name of NAMES)
      for (const password of PASSWORDS.slice(0, name === 'admin' ? 4 : 1))
        expect(
          (await gateway.send(LoginDocument, { input: { email: `${name}@example.com`, password } })).code,
        ).toBe('INVALID_CREDENTIALS')
  })
})

describe('the package', () => {
  it('contains no data: no migration inserts a row, and no command or script seeds one (SR-015)', async () => {
    const migrations = ['sqlite', 'postgresql'].flatMap((kind) => {
      const folder = join(root, 'prisma', kind, 'migrations')
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.sql'))
        .map((name) => readFileSync(join(folder, name), 'utf8'))
    })
    expect(migrations.length).toBeGreaterThan(3)
    // SQLite alters a table by copying it: those rows come from the installation itself.
    for (const text of migrations) expect(text).not.toMatch(/INSERT INTO(?![^;]*\bSELECT\b)/i)
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    expect(Object.keys(scripts).filter((name) => name.includes('seed'))).toEqual([])
    expect(readFileSync(join(root, 'src/main.ts'), 'utf8')).not.toMatch(/command\('seed/)
  })

  it('rejects settings that expose codes or raise limits in production, so that no fixed code signs in (SR-015)', async () => {
    const [backend] = BACKENDS as readonly [Backend]
    for (const settings of [{ OTP_EXPOSE_CODE: 'true' }, { RATE_LIMIT_SCALE: '2' }])
      await expect(startGateway(backend, { NODE_ENV: 'production', ...settings })).rejects.toThrow(
        /production/,
      )
  })
})
