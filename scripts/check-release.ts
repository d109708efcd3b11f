import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runTool } from './install-tools.ts'

// A dry run of a release: packs packages and checks each tarball as its users will resolve it. Nothing is
// published.

/**
 * Packs the package in a folder, which must be built, and throws unless publint and attw accept the tarball.
 */
export async function checkRelease(folder: string): Promise<void> {
  const destination = mkdtempSync(join(tmpdir(), 'gateway-release-'))
  try {
    const tarball = pack(folder, destination)
    await runTool('publint', ['run', tarball, '--strict'])
    // The packages are ESM only, and no module resolution applies to their documents.
    const documents = ['schema.graphql', 'subgraph.graphql', 'operations/*']
    const options = ['--profile', 'esm-only', '--exclude-entrypoints', ...documents, '--format', 'ascii']
    await runTool('attw', [tarball, ...options])
  } finally {
    rmSync(destination, { recursive: true, force: true })
  }
}

/** Makes the tarball of a package; its path. */
export function pack(folder: string, destination: string): string {
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const [report] = JSON.parse(output.toString()) as [{ filename: string }]
  return join(destination, report.filename)
}

if (process.argv[1] === import.meta.filename)
  for (const folder of process.argv.slice(2)) await checkRelease(resolve(folder))
