import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe } from 'vitest'
import { DEPLOY_TOOLS } from '../../scripts/deploy/tools.ts'
import { FEDERATION_TOOLS, TOOLS, installTools, isInstalled } from '../../scripts/install-tools.ts'

/** Commands that install other tools than those of every maintainer. */
const INSTALL_COMMANDS: Readonly<Record<string, string>> = {
  [FEDERATION_TOOLS]: 'npm run tools:federation',
  [DEPLOY_TOOLS]: 'npm run deploy:check',
}
/** Installing downloads packages; it happens once on a machine. */
const INSTALL_TIMEOUT = 300_000

/**
 * `describe` for a suite that runs the tools of maintainers. Where they are not installed the suite is
 * reported as skipped, under a name that says how to install them; with `CI=true` it installs them, so that
 * it always runs there.
 */
export function describeWithTools(title: string, suite: () => void, folder = TOOLS): void {
  if (!isInstalled(folder) && process.env['CI'] !== 'true') {
    const command = INSTALL_COMMANDS[folder] ?? 'npm run tools'
    describe.skip(`${title} — needs the tools of maintainers (${command})`, suite)
    return
  }
  describe(title, () => {
    beforeAll(() => installTools(folder), INSTALL_TIMEOUT)
    suite()
  })
}

/** Runs a tool in a folder; its exit status, and everything it printed. */
export function runInstalledTool(name: string, args: readonly string[], cwd: string): ProcessResult {
  return runProcess(join(TOOLS, 'node_modules/.bin', name), args, cwd)
}

/** How a process ended. */
export interface ProcessResult {
  readonly status: number | null
  readonly output: string
}

/** Runs a program to its end, outside of the repository that git may have set for a hook. */
export function runProcess(program: string, args: readonly string[], cwd: string): ProcessResult {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: {
      ...Object.fromEntries(environment),
      // Reports are read as text; CI turns colours on.
      NO_COLOR: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    },
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}
