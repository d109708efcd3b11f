import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createRequire } from 'node:module'

// Runs the suite on other Node.js versions. The binaries are npm packages, installed into a temporary folder.

const root = resolve(import.meta.dirname, '..')
const MAJORS = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24']

/** Installs a Node.js major version for this platform; returns the path of its binary. */
function installNode(major: string, folder: string): string {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  execFileSync(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${name}@${major}`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const manifest = createRequire(join(folder, 'x.js')).resolve(`${name}/package.json`)
  return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

function runSuite(binary: string): boolean {
  // Processes that tests start use this Node.js version too.
  const environment = { ...process.env, PATH: `${dirname(binary)}:${process.env['PATH'] ?? ''}` }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return (
    spawnSync(binary, [vitest, 'run', '--reporter=dot'], { cwd: root, env: environment, stdio: 'inherit' })
      .status === 0
  )
}

let failed = false
for (const major of MAJORS) {
  const folder = mkdtempSync(join(tmpdir(), `gateway-node${major}-`))
  const binary = installNode(major, folder)
  const version = execFileSync(binary, ['--version']).toString().trim()
  const started = performance.now()
  const passed = runSuite(binary)
  console.log(
    `Node ${version}: ${passed ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  )
  failed ||= !passed
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
