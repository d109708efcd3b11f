import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEPLOY_TOOLS, ROOT } from '../../scripts/deploy/tools.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Setting } from '../../src/config/setting-group.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import { createAuthority } from '../support/certificate-authority.ts'
import { hasOpenssl } from '../support/certificates.ts'
import { describeWithTools } from '../support/tools.ts'
import {
  awsDeployment,
  composeDeployment,
  kubernetesDeployment,
  readEnvFile,
  systemdDeployment,
  type Deployment,
} from './environments.ts'

/** Secrets by the name of their setting, as the pages tell operators to create them. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://gateway:0123456789@db.example.com:5432/gateway?sslmode=verify-full',
  REDIS_URL: 'rediss://gateway:0123456789@redis.example.com:6379',
  REDIS_PASSWORD: '0123456789',
  SMTP_URL: 'smtp://user:password@smtp.example.com:587',
}

const settings: Readonly<Record<string, Setting>> = SETTINGS

describeWithTools(
  'the settings of every way of deployment',
  () => {
    let folder: string
    let authority: string
    let deployments: readonly Deployment[]
    beforeAll(() => {
      folder = temporaryFolder()
      authority = hasOpenssl ? createAuthority(folder, 'authority').cert : ''
      const env = { ...process.env, GENERATED_DIR: folder }
      execFileSync('sh', [join(ROOT, 'deploy/compose/prepare.sh')], { env, stdio: 'ignore' })
      deployments = [
        composeDeployment('compose'),
        composeDeployment('compose with Sentinel', readEnvFile('compose/sentinel.env')),
        kubernetesDeployment(),
        systemdDeployment(),
        awsDeployment(),
      ]
    })
    afterAll(() => removeFolder(folder))

    const isKnown = (setting: string) => setting in settings

    /** The configuration that the gateway would start with. Throws `ConfigError`. */
    function load({ name, variables, injected }: Deployment): Config {
      const readSecret = (setting: string) => {
        if (setting.endsWith('_CA')) return authority
        return SECRETS[setting] ?? 'f3a9c1d27b5e8046f3a9c1d27b5e8046f3a9c1d27b5e8046f3a9c1d27b5e8046'
      }
      const files = new Map(
        Object.entries(variables)
          .filter(([variable]) => variable.endsWith('_FILE'))
          .map(([variable, path]) => [path, variable.slice(0, -'_FILE'.length)]),
      )
      const readFile = (path: string) => {
        const setting = files.get(path)
        if (setting === undefined) throw new Error(path)
        // Those of compose.yaml are real.
        if (name.startsWith('compose') && setting !== 'SMTP_CA')
          return readFileSync(join(folder, basename(path)), 'utf8')
        return readSecret(setting)
      }
      const secrets = Object.fromEntries(injected.map((setting) => [setting, readSecret(setting)]))
      return loadConfig({ variables: { ...variables, ...secrets }, readFile, isWorldReadable: () => false })
    }

    it('are declared settings of the gateway', () => {
      for (const { name, variables, injected } of deployments) {
        const names = [...Object.keys(variables), ...injected].map((variable) =>
          variable.replace(/_FILE$/, ''),
        )
        expect(names.length).toBeGreaterThan(8)
        expect([name, names.filter((setting) => !isKnown(setting))]).toEqual([name, []])
      }
    })

    it('are accepted at the start, in production, with PostgreSQL, Redis and e-mail', () => {
      for (const deployment of deployments) {
        const config = load(deployment)
        expect(config.server.environment).toBe('production')
        expect(config.database.url).toMatch(/^postgresql:/)
        expect(config.store.stateStore.kind).toBe('redis')
        expect(config.messages.mail.map(({ kind }) => kind)).toEqual(['smtp'])
        expect(config.transport).toMatchObject({ trustProxy: 1, requireHttps: true })
        expect(config.server.publicUrl).toMatch(/^https:/)
      }
    })

    it('follow Sentinels with the settings of sentinel.env', () => {
      const sentinel = deployments.find(({ name }) => name.includes('Sentinel'))
      if (!sentinel) throw new Error('no deployment')
      expect(load(sentinel).store.stateStore).toMatchObject({
        connection: { servers: { shape: 'sentinel', name: 'gateway' }, username: 'gateway' },
      })
    })

    it('take secrets from files, or from the platform, never from plain variables', () => {
      for (const { name, variables } of deployments) {
        const plain = Object.entries(variables).filter(([variable]) => settings[variable]?.secret)
        // The mail catcher of compose.yaml has no account.
        const withSecret = plain.filter(([, value]) => value !== 'smtp://mail:1025')
        expect([name, withSecret]).toEqual([name, []])
      }
    })

    it('leave a node time to complete its requests before it is killed (SR-164)', () => {
      for (const deployment of deployments) {
        const { drainSeconds, shutdownSeconds } = load(deployment).server
        const { name, graceSeconds, noticeSeconds } = deployment
        expect(graceSeconds, name).toBeGreaterThan(shutdownSeconds)
        expect(shutdownSeconds, name).toBeGreaterThan(drainSeconds + 5)
        expect(drainSeconds, name).toBeGreaterThanOrEqual(noticeSeconds)
      }
    })
  },
  DEPLOY_TOOLS,
)

describe('the example of an environment file', () => {
  it('has settings only', () => {
    const names = Object.keys(readEnvFile('systemd/gateway.env'))
    expect(names.length).toBeGreaterThan(1)
    expect(names.filter((name) => !(name in settings))).toEqual([])
  })
})
