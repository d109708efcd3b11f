import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Installs the maintainers' tools (tools/package.json) when they are missing or their lock file has changed,
// and runs one of them: `npm run tools -- publint --strict`. Without arguments it only installs.

const root = resolve(import.meta.dirname, '..')
/** Folder of the package that holds the maintainers' tools. */
export const TOOLS = join(root, 'tools')
/**
 * Folder of the package that holds the routers of the federation tests, 150 MB. Only those tests install it.
 */
export const FEDERATION_TOOLS = join(TOOLS, 'federation')
/** A lock older than this was left by a process that was killed. */
const STALE_MS = 300_000

/**
 * Installs the tools unless they are installed from the present lock file. Safe to call from several
 * processes.
 */
export async function installTools(folder = TOOLS): Promise<void> {
  const lock = join(folder, '.installing')
  while (!isInstalled(folder)) {
    if (!acquireLock(lock)) await sleep(200)
    else
      try {
        if (!isInstalled(folder)) install(folder)
      } finally {
        rmSync(lock, { recursive: true, force: true })
      }
  }
}

/** Runs a tool in the project's root folder, installing the tools first. Throws when it fails. */
export async function runTool(
  name: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly quiet?: boolean } = {},
): Promise<void> {
  await installTools()
  execFileSync(join(TOOLS, 'node_modules/.bin', name), [...args], {
    cwd: options.cwd ?? root,
    // Tools that load plug-ins by name from the working directory find them in the tools' folder.
    env: { ...process.env, NODE_PATH: join(TOOLS, 'node_modules'), ...options.env },
    stdio: ['inherit', options.quiet ? 'ignore' : 'inherit', 'inherit'],
  })
}

function install(folder: string): void {
  console.error(`Installing the tools of maintainers (${relative(root, folder)}/package.json)`)
  execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  writeFileSync(toStamp(folder), hashLockFile(folder))
}

/** Whether the tools are installed from the present lock file. */
export function isInstalled(folder = TOOLS): boolean {
  const stamp = toStamp(folder)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashLockFile(folder)
}

function toStamp(folder: string): string {
  return join(folder, 'node_modules/.installed-from')
}

function hashLockFile(folder: string): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
}

function acquireLock(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > STALE_MS) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , name, ...args] = process.argv
  try {
    await (name === undefined ? installTools() : runTool(name, args))
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined
    if (typeof status !== 'number') throw error
    process.exitCode = status
  }
}
