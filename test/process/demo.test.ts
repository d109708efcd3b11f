import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { EXTREMES, describeOn, emptyPostgresDatabase, freshRedis } from '../support/backends.ts'

const root = resolve(import.meta.dirname, '../..')

describeOn(EXTREMES, 'the demo', ({ database, store }) => {
  it('runs every step of a sign-in', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'scripts/demo.ts')], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        ...(database === 'postgresql' ? { DATABASE_URL: await emptyPostgresDatabase() } : {}),
        ...(store === 'redis' ? { REDIS_URL: await freshRedis() } : {}),
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [status] = (await once(child, 'close')) as [number]
    expect(status, output).toBe(0)
    for (const step of [
      'signed in',
      'two pages',
      'in two tabs: one successor',
      'the session is revoked',
      'sign out',
    ])
      expect(output).toMatch(new RegExp(`✓ .*${step}`))
  })
})
