import { execFile } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import { describeWith } from '../support/servers/binaries.ts'
import {
  postTo,
  signUpAt,
  startGatewayProcess,
  type GatewayProcess,
} from '../support/servers/gateway-process.ts'
import { startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { startRedis, type RedisServer } from '../support/servers/redis.ts'
import { requestShared } from '../support/servers/request-shared.ts'

const run = promisify(execFile)
const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/operations.md'), 'utf8')
const ACCOUNT = 'ada@example.com'

/** The commands of each section of the page, in its order. */
const SECTIONS = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.split('\n', 1).join(),
      [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block),
    ])
    .filter((section): section is [string, string[]] => (section[1]?.length ?? 0) > 0),
)

/** What the output of each section shows. */
const SHOWN: Readonly<Record<string, RegExp>> = {
  'First checks': /"status":"ok"[\s\S]*"stateStore":"ok"[\s\S]*settings {2}valid/,
  'Backup and restore': /TABLE DATA public users[\s\S]*count\s+-+\s+1\s[\s\S]*OK/,
  'Upgrade, and back': /applied[\s\S]*"status":"ok"/,
  'Rotate keys and secrets': /signing[\s\S]* next [\s\S]*Done\./,
  'A stolen key': /Done\.[\s\S]* signing /,
  'Redis is lost': /PONG[\s\S]*maxmemory-policy[\s\S]*role:master[\s\S]*store {5}database/,
  'PostgreSQL is lost': /pg_is_in_recovery[\s\S]* f\b[\s\S]*wait_event_type/,
  'Messages do not leave': /count[\s\S]*attempts|max/,
  'An attack': /user_created[\s\S]*ada@example\.com[\s\S]*/,
  'A stolen master secret': /Done\.[\s\S]*settings {2}valid/,
}

describeWith(['postgresql', 'redis'], 'the commands of docs/operations.md', () => {
  const folder = temporaryFolder()
  let [postgres, redis]: [PostgresServer?, RedisServer?] = []
  let gateway: GatewayProcess
  let environment: Record<string, string>

  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    const settings = {
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      GATEWAY_SECRET: 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h',
    }
    gateway = await startGatewayProcess(settings)
    await signUpAt(gateway, ACCOUNT)
    const command = join(folder, 'gateway')
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${await requestShared('build')}" "$@"\n`)
    chmodSync(command, 0o755)
    const PATH = `${folder}:${process.env['PATH']}`
    environment = { ...settings, PATH, ACCOUNT, AUTH_URL: gateway.address, HOME: folder }
  })
  afterAll(async () => {
    await gateway.stop()
    await Promise.all([postgres?.stop(), redis?.stop()])
    removeFolder(folder)
  })

  it('are known to this test, section by section', () =>
    expect([...SECTIONS.keys()]).toEqual(Object.keys(SHOWN)))

  it.each([...SECTIONS])('work: %s', async (name, blocks) => {
    // Variables of a block are used in the next ones, as by a person who types them.
    const { stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', blocks.join('\n')], {
      cwd: folder,
      env: environment,
    })
    expect(stdout + stderr).toMatch(SHOWN[name] ?? /^never$/)
  })

  it('leave a gateway that signs in', async () => {
    const login = `mutation { login(input: { email: "${ACCOUNT}", password: "a quiet harbour at dawn" }) { __typename } }`
    expect((await postTo(gateway.address, login)).data).toEqual({ login: { __typename: 'AuthPayload' } })
  })
})
