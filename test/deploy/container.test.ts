import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkDockerfile, parseStages, type Instruction } from '../../scripts/deploy/check-dockerfile.ts'
import { MAX_IMAGE_BYTES, sumParts } from '../../scripts/deploy/image-size.ts'
import { DOCKERFILE, listPackages, stageImage, type StagedImage } from '../../scripts/deploy/stage-image.ts'
import { DEPLOY_TOOLS, ROOT } from '../../scripts/deploy/tools.ts'
import { emptyPostgresDatabase, freshRedis, removeFolder, temporaryFolder } from '../support/backends.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { eventually, freePort } from '../support/servers/processes.ts'
import { describeWithTools } from '../support/tools.ts'
import { readDeploy, readImageVariables } from './environments.ts'

/** A user that owns no file of the image. The owner of the test, where the test is not root. */
const STRANGER = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

describeWithTools(
  'deploy/Dockerfile',
  () => {
    const stages = () => parseStages(readDeploy('Dockerfile'))
    const last = () => stages().at(-1)?.instructions ?? []
    const listLast = (keyword: string) => last().filter((instruction) => instruction.keyword === keyword)

    it('has no problem that a linter finds, and the linter finds some', () => {
      expect(checkDockerfile(DOCKERFILE)).toEqual([])
      const folder = temporaryFolder()
      const file = join(folder, 'Dockerfile')
      writeFileSync(file, 'FROM node:24\nCOPY --form=build a b\nEXPOSE http\nHEALTCHECK NONE\n')
      expect(checkDockerfile(file)).toHaveLength(3)
      removeFolder(folder)
    })

    it('runs Node.js 24 as a user other than root, named by a number', () => {
      expect(readDeploy('Dockerfile')).toMatch(/^ARG NODE_IMAGE=node:24-[a-z]+-slim$/m)
      const [user, ...more] = listLast('USER')
      expect([user?.args, more]).toEqual([['1000:1000'], []])
      // What is copied after USER would still belong to root; what runs after it would not.
      const order = last().map(({ keyword }) => keyword)
      expect(order.lastIndexOf('RUN')).toBeLessThan(order.indexOf('USER'))
    })

    it('follows the rules of hadolint that concern it', () => {
      const all: readonly Instruction[] = stages().flatMap(({ instructions }) => instructions)
      expect(all.filter(({ keyword }) => ['ADD', 'MAINTAINER', 'SHELL'].includes(keyword))).toEqual([])
      expect(all.filter(({ text }) => /\b(sudo|apt-get|curl|wget)\b|:latest\b/.test(text))).toEqual([])
      expect(all.filter(({ keyword, args }) => keyword === 'WORKDIR' && !args[0]?.startsWith('/'))).toEqual(
        [],
      )
      for (const keyword of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK', 'USER', 'STOPSIGNAL'])
        expect(listLast(keyword), keyword).toHaveLength(1)
      for (const keyword of ['ENTRYPOINT', 'CMD']) expect(() => parseCommand(keyword)).not.toThrow()
    })

    it('copies only what the build context has, which is nothing but what the build needs', () => {
      const allowed = readDeploy('Dockerfile.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!'))
      const sources = stages()
        .slice(0, -1)
        .flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'COPY'))
        .flatMap(({ args }) => args.slice(0, -1))
      for (const source of sources.filter((path) => path !== '.'))
        expect(
          allowed.some((line) => `${source}/`.startsWith(`${line.slice(1)}/`)),
          source,
        ).toBe(true)
      expect(allowed.filter((line) => !existsSync(join(ROOT, line.slice(1))))).toEqual([])
      expect(allowed.join()).not.toMatch(/\.git\b|\.env|deploy\/compose|test|docs/)
    })

    /** The arguments of an instruction in exec form. */
    function parseCommand(keyword: string): string[] {
      const [instruction] = listLast(keyword)
      return JSON.parse(instruction?.text.slice(instruction.text.indexOf('[')) ?? '') as string[]
    }

    describeWith(['postgresql', 'redis'], 'the image that it makes', () => {
      let folder: string
      let image: StagedImage
      let port: number
      let gateway: ChildProcess
      let output = ''
      beforeAll(async () => {
        folder = temporaryFolder()
        chmodSync(folder, 0o755)
        image = stageImage(folder)
        port = await freePort()
        const environment = {
          ...readImageVariables(),
          ...{
            PORT: String(port),
            HOST: '127.0.0.1',
            TRUST_PROXY: '1',
            PUBLIC_URL: 'https://auth.example.com',
          },
          ...{ DATABASE_URL: await emptyPostgresDatabase(), REDIS_URL: await freshRedis() },
          GATEWAY_SECRET: randomBytes(32).toString('base64'),
          // Nothing can be written there, as in a container with a read-only root.
          DATA_DIR: join(folder, 'app/data'),
        }
        const [program = '', ...args] = [...parseCommand('ENTRYPOINT'), ...parseCommand('CMD')]
        gateway = spawn(program === 'node' ? process.execPath : program, args, {
          ...{ cwd: image.app, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
          ...STRANGER,
        })
        for (const stream of [gateway.stdout, gateway.stderr])
          stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
        await eventually(async () => gateway.exitCode !== null || output.includes('server.listening'), 60_000)
      }, 240_000)
      afterAll(async () => {
        if (gateway.exitCode === null) {
          gateway.kill('SIGKILL')
          await once(gateway, 'exit')
        }
        removeFolder(folder)
      })

      it('has at most 250 MB from what is copied', () => {
        const total = sumParts(image)
        console.log(`image: ${(total / 1e6).toFixed(1)} MB in ${listPackages(image.app).size} packages`)
        expect(image.parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['node_modules', 'dist']))
        expect(total).toBeLessThanOrEqual(MAX_IMAGE_BYTES)
      })

      it('has no development dependency, and every other one in the version of the lock file', () => {
        const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
          packages: Readonly<Record<string, { version: string; dev?: true; devOptional?: true }>>
        }
        const installed = listPackages(image.app)
        expect(installed.size).toBeGreaterThan(100)
        const wrong = [...installed].filter(([path, version]) => {
          const locked = packages[path]
          return !locked || locked.dev || locked.devOptional || locked.version !== version
        })
        expect(wrong).toEqual([])
      })

      it('starts as a user that owns none of its files, and writes none', async () => {
        expect(output).toContain('"server.listening"')
        const response = await fetch(`http://127.0.0.1:${port}/readyz`)
        expect([response.status, await response.json()]).toEqual([
          200,
          { status: 'ok', checks: { database: 'ok', stateStore: 'ok', migrations: 'ok', keys: 'ok' } },
        ])
        expect(existsSync(join(folder, 'app/data'))).toBe(false)
      })

      it('is healthy while the gateway responds, and unhealthy when it has ended', async () => {
        const check = () => {
          const [, ...args] = parseCommand('HEALTHCHECK')
          return spawnSync(process.execPath, args, { cwd: image.app, env: { PORT: String(port) } }).status
        }
        expect(check()).toBe(0)
        gateway.kill('SIGTERM')
        const [status] = (await once(gateway, 'exit')) as [number | null]
        expect(status).toBe(0)
        expect(check()).toBe(1)
      })
    })
  },
  DEPLOY_TOOLS,
)
