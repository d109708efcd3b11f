import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkCompose } from '../../scripts/deploy/check-compose.ts'
import { DEPLOY_TOOLS, ROOT } from '../../scripts/deploy/tools.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../support/backends.ts'
import { hasOpenssl } from '../support/certificates.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startGatewayProcess } from '../support/servers/gateway-process.ts'
import { startNginx } from '../support/servers/nginx.ts'
import { end, eventually, freePort, start } from '../support/servers/processes.ts'
import { describeWithTools } from '../support/tools.ts'
import { readCompose, readDeploy } from './environments.ts'

const GENERATED = './compose/generated/'

/** Runs prepare.sh for a folder. */
function prepare(folder: string, ...args: readonly string[]): void {
  const env = { ...process.env, GENERATED_DIR: folder }
  execFileSync('sh', [join(ROOT, 'deploy/compose/prepare.sh'), ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

describeWithTools(
  'deploy/compose.yaml',
  () => {
    const { services, secrets, networks } = readCompose()

    it('has only attributes of the Compose specification, and the check finds others', () => {
      expect(checkCompose(join(ROOT, 'deploy/compose.yaml'))).toEqual([])
      const folder = temporaryFolder()
      const file = join(folder, 'compose.yaml')
      writeFileSync(file, readDeploy('compose.yaml').replace('read_only: true', 'readonly: true'))
      expect(checkCompose(file).join()).toContain('"additionalProperty":"readonly"')
      removeFolder(folder)
    })

    it('has two gateways, nginx, Redis, PostgreSQL and a mail catcher, and the rest in profiles', () => {
      const byProfile = Object.entries(services).map(
        ([name, { profiles = [] }]) => `${profiles.join()}:${name}`,
      )
      expect(byProfile.sort()).toEqual([
        ...[':gateway-1', ':gateway-2', ':mail', ':nginx', ':postgres', ':redis'],
        ...['monitoring:grafana', 'monitoring:prometheus'],
        ...['sentinel:redis-replica', 'sentinel:sentinel-1', 'sentinel:sentinel-2', 'sentinel:sentinel-3'],
      ])
    })

    it('names images by a version, and files that exist or that prepare.sh writes', () => {
      const images = Object.entries(services).filter(([name]) => !name.startsWith('gateway'))
      expect(images.filter(([, { image }]) => !/^[\w./-]+:v?\d[\w.-]*$/.test(image))).toEqual([])
      const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes)
      const paths = mounted
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((path) => path.startsWith('./'))
      const committed = paths.filter((path) => !path.startsWith(GENERATED))
      expect(committed.length).toBeGreaterThan(5)
      expect(committed.filter((path) => !existsSync(join(ROOT, 'deploy', path)))).toEqual([])
    })

    it('publishes nginx to the network and other ports to this machine only; data have no way out', () => {
      const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
        ports.map((port) => [name, port] as const),
      )
      const open = published.filter(([, port]) => !port.startsWith('127.0.0.1:'))
      expect([...new Set(open.map(([name]) => name))]).toEqual(['nginx'])
      expect(networks['data']).toEqual({ internal: true })
      for (const name of ['postgres', 'redis']) expect(services[name]?.networks).toEqual(['data'])
    })

    it('runs gateways with a read-only root and without capabilities', () => {
      for (const name of ['gateway-1', 'gateway-2'])
        expect(services[name]).toMatchObject({
          ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
        })
    })

    describe.runIf(hasOpenssl)('what prepare.sh writes', () => {
      let folder: string
      beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'gateway-generated-'))
        prepare(folder, 'auth.test')
      })
      afterAll(() => removeFolder(folder))
      const read = (name: string) => readFileSync(join(folder, name), 'utf8')

      it('is all that compose.yaml mounts, in a folder that other users cannot enter', () => {
        const files = Object.values(secrets).map(({ file }) => file)
        const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes)
        const named = [...files, ...mounted.map((volume) => volume.split(':')[0] ?? '')]
        const generated = named
          .filter((path) => path.startsWith(GENERATED))
          .map((path) => path.slice(GENERATED.length))
        expect(generated.length).toBeGreaterThan(10)
        expect(generated.filter((name) => !existsSync(join(folder, name)))).toEqual([])
        expect(statSync(folder).mode & 0o777).toBe(0o700)
        expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600)
        const ignored = ['.gitignore', '.prettierignore'].map((name) =>
          readFileSync(join(ROOT, name), 'utf8'),
        )
        for (const text of ignored) expect(text).toMatch(/^deploy\/compose\/generated/m)
      })

      it('stays the same when it runs again', () => {
        const names = ['gateway-secret', 'ca.crt', 'tls.crt', 'database-url', 'redis-users.acl']
        const before = names.map(read)
        prepare(folder, 'auth.test')
        expect(names.map(read)).toEqual(before)
        expect(new Set(['gateway-secret', 'redis-password', 'postgres-password'].map(read)).size).toBe(3)
      })

      it('has certificates of its authority for the names that clients connect to', () => {
        const verify = (file: string, name: string) =>
          execFileSync(
            'openssl',
            ['verify', '-CAfile', join(folder, 'ca.crt'), '-verify_hostname', name, join(folder, file)],
            { stdio: ['ignore', 'pipe', 'pipe'] },
          ).toString()
        expect(verify('tls.crt', 'auth.test')).toContain('OK')
        expect(verify('mail.crt', 'mail')).toContain('OK')
        expect(() => verify('tls.crt', 'other.test')).toThrow()
      })

      it('gives the gateway the rights in Redis that the page of state stores lists', () => {
        const page = readFileSync(join(ROOT, 'docs/state-stores.md'), 'utf8')
        const [, documented = ''] = /ACL SETUSER gateway on >PASSWORD ([^`]+)```/.exec(page) ?? []
        const [, granted = ''] = /^user gateway on #[0-9a-f]{64} (.+)$/m.exec(read('redis-users.acl')) ?? []
        expect(granted.split(' ')).toEqual(documented.trim().split(/\s+/))
      })

      describeWith(['nginx'], 'for nginx', () => {
        it('is accepted by nginx, with the name that was given', async () => {
          expect(read('nginx.conf')).toContain('server_name auth.test;')
          expect(read('nginx.conf')).not.toContain('example.com')
          const certificate = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
          const nginx = await startNginx({ nodes: [1, 2], certificate, site: join(folder, 'nginx.conf') })
          expect((await fetch(`http://127.0.0.1:${nginx.plainPort}/nginx-health`)).status).toBe(200)
          await nginx.stop()
        })
      })

      describeWith(['redis'], 'for Redis', () => {
        const children: ReturnType<typeof start>[] = []
        const folders: string[] = []
        afterAll(async () => {
          for (const child of children) await end(child, 'SIGKILL')
          folders.forEach(removeFolder)
        })

        /** Starts a server as its container does, with ports and paths of this machine. */
        async function startServer(
          name: string,
          primary: number,
          ...first: readonly string[]
        ): Promise<number> {
          const port = await freePort()
          const [source, data] = [temporaryFolder(), temporaryFolder()]
          folders.push(source, data)
          const text = read(name)
            .replace(/^port \d+$/m, `port ${port}`)
            .replace(/^bind .*$/m, 'bind 127.0.0.1')
            .replace(/^dir .*$/m, `dir ${data}`)
            .replace(/^aclfile .*$/m, `aclfile ${join(folder, 'redis-users.acl')}`)
            .replace('monitor gateway redis 6379', `monitor gateway 127.0.0.1 ${primary}`)
          writeFileSync(join(source, name), text)
          const script = join(ROOT, 'deploy/compose/start-redis.sh')
          const variables = [`REDIS_CONFIGURATION=${source}`, `REDIS_DATA=${data}`]
          children.push(start('env', [...variables, 'sh', script, name, ...first]))
          return port
        }
        const ask = async (
          port: number,
          credentials: object,
          command: string,
          ...args: readonly string[]
        ) => {
          const client = new Redis({ port, ...credentials, protocol: 2, retryStrategy: null })
          client.on('error', () => undefined)
          try {
            return await client.call(command, [...args])
          } finally {
            client.disconnect()
          }
        }
        const asGateway = () => ({ username: 'gateway', password: read('redis-password') })
        it('serves a gateway with an append-only file, a replica and a Sentinel, each with its own account', async () => {
          const primary = await startServer('redis.conf', 0)
          await eventually(async () => (await ask(primary, asGateway(), 'PING')) === 'PONG', 60_000)
          await expect(ask(primary, asGateway(), 'FLUSHALL')).rejects.toThrow('NOPERM')
          // Without an account there is only the error that the health check of the container looks for.
          const [, check = ''] = services['redis']?.healthcheck?.test ?? []
          execFileSync('sh', ['-c', check.replace('redis-cli', `redis-cli -p ${primary}`)])

          const replica = await startServer('redis.conf', primary, `replicaof 127.0.0.1 ${primary}`)
          const inReplica = async () => String(await ask(replica, asGateway(), 'INFO', 'replication'))
          await eventually(async () => (await inReplica()).includes('master_link_status:up'), 60_000)

          const sentinel = await startServer('sentinel.conf', primary)
          const readState = async () =>
            (await ask(sentinel, {}, 'SENTINEL', 'MASTER', 'gateway')) as readonly string[]
          await eventually(async () => {
            const state = await readState()
            const value = (name: string) => state[state.indexOf(name) + 1]
            return value('flags') === 'master' && value('num-slaves') === '1'
          }, 60_000)

          // The start uses every command of the gateway once.
          const data = temporaryFolder()
          folders.push(data)
          const gateway = await startGatewayProcess({
            ...{ DATA_DIR: data, DATABASE_URL: await freshDatabase('sqlite', data) },
            ...{ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(primary), REDIS_USERNAME: 'gateway' },
            REDIS_PASSWORD: read('redis-password'),
          })
          expect(gateway.output()).toContain('"stateStore":"redis"')
          expect(gateway.output()).not.toContain('redis.not_ready')
          await gateway.stop()
          const info = String(await ask(primary, asGateway(), 'INFO', 'everything'))
          expect(info).toContain('aof_enabled:1')
          expect(info).toContain('maxmemory_policy:noeviction')
        })
      })
    })
  },
  DEPLOY_TOOLS,
)
