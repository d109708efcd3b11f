import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROOT } from '../../scripts/deploy/tools.ts'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'
import { readDeploy, readUnit } from './environments.ts'

const UNIT = 'graphql-auth-gateway@.service'
/** Highest exposure that `systemd-analyze security` may report: 0 is best, 10 worst. */
const MAX_EXPOSURE = 1.5

describeWith(['systemd'], 'deploy/systemd', () => {
  let folder: string
  beforeAll(() => (folder = temporaryFolder()))
  afterAll(() => removeFolder(folder))
  const unit = readUnit()

  function analyze(...args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(findBinary('systemd-analyze') ?? '', args, {
      encoding: 'utf8',
    })
    return { status, output: stdout + stderr }
  }

  /** Writes a unit whose program exists on this machine, and returns its path. */
  function writeUnit(text: string): string {
    const path = join(folder, UNIT.replace('@', '@4001'))
    writeFileSync(path, text.replaceAll('/usr/bin/node', process.execPath))
    return path
  }

  it('is accepted by systemd without a warning, which reports wrong names and values', () => {
    const text = readDeploy(`systemd/${UNIT}`)
    expect(analyze('verify', '--man=no', writeUnit(text))).toEqual({ status: 0, output: '' })
    const broken = text
      .replace('NoNewPrivileges=yes', 'NoNewPriviliges=yes')
      .replace('Type=exec', 'Type=fork')
    const { output } = analyze('verify', '--man=no', writeUnit(broken))
    expect(output).toContain('NoNewPriviliges')
    expect(output).toContain('fork')
  })

  it('confines the gateway: the exposure that systemd computes is low', () => {
    const path = writeUnit(readDeploy(`systemd/${UNIT}`))
    const limit = `--threshold=${MAX_EXPOSURE * 10}`
    const { status, output } = analyze('security', '--offline=true', limit, path)
    const [, exposure] = /Overall exposure level for .+: ([\d.]+)/.exec(output) ?? []
    console.log(`systemd-analyze security: ${exposure}`)
    expect(Number(exposure)).toBeLessThanOrEqual(MAX_EXPOSURE)
    expect(status).toBe(0)
    const open = writeUnit(
      readDeploy(`systemd/${UNIT}`).replace(/^(Protect|Restrict|Private|System).*$/gm, ''),
    )
    expect(analyze('security', '--offline=true', limit, open).status).not.toBe(0)
  })

  it('leaves V8 what it needs, and the gateway its folder', () => {
    expect(unit.get('MemoryDenyWriteExecute')).toEqual(['no'])
    expect(unit.get('StateDirectory')).toEqual(['graphql-auth-gateway'])
    expect(unit.get('Environment')).toContain('DATA_DIR=%S/graphql-auth-gateway')
    // Threads lower their priority with setpriority(2), which is in @resources.
    expect(unit.get('SystemCallFilter')?.join(' ')).not.toContain('@resources')
  })

  it('gives the gateway a file for each secret', () => {
    const credentials = (unit.get('LoadCredential') ?? []).map((entry) => entry.split(':')[0] ?? '')
    const files = (unit.get('Environment') ?? []).flatMap((entry) => /_FILE=%d\/(.+)$/.exec(entry)?.[1] ?? [])
    expect(credentials.length).toBeGreaterThan(2)
    expect(files.sort()).toEqual(credentials.sort())
  })

  it('starts the program of the package, not again with invalid settings, and reloads by SIGHUP to a primary process', () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly bin: { readonly gateway: string }
    }
    expect(unit.get('ExecStart')?.join()).toContain(`/graphql-auth-gateway/${bin.gateway} serve`)
    expect(unit.get('RestartPreventExitStatus')).toEqual(['78'])
    expect(unit.get('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID'])
    // Without workers SIGHUP ends the gateway. Both instances have the same DATA_DIR.
    expect(unit.get('Environment')).toEqual(
      expect.arrayContaining(['WORKERS=1', 'PID_PATH=%S/graphql-auth-gateway/%i.pid']),
    )
  })

  it('listens on the ports that nginx forwards to', () => {
    const instances = [...readDeploy(`systemd/${UNIT}`).matchAll(/graphql-auth-gateway@(\d+)/g)].map(
      ([, port]) => port,
    )
    const nodes = [...readDeploy('nginx/upstream.conf').matchAll(/server 127\.0\.0\.1:(\d+)/g)].map(
      ([, port]) => port,
    )
    expect(instances).toEqual(['4001', '4002'])
    expect(nodes).toEqual(instances)
    const others = [...readDeploy('compose/upstream.conf').matchAll(/^ {2}(?!server ).+$/gm)].map(
      ([line]) => line,
    )
    for (const line of others) expect(readDeploy('nginx/upstream.conf')).toContain(line)
  })
})
