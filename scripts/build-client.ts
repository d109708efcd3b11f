import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

// Builds the client package. It is apart from the build of the gateway, which tests and benchmarks wait for.

const root = resolve(import.meta.dirname, '..')
const client = join(root, 'client')

/** Compiles client/src into client/dist, and copies what the package publishes besides code. */
export function buildClient({ checked }: { readonly checked: boolean }): void {
  rmSync(join(client, 'dist'), { recursive: true, force: true })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = ['-p', 'client/tsconfig.build.json', ...(checked ? [] : ['--noCheck'])]
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' })
  // npm packs no file outside of the package, and the schema has to be the one that the code was made for.
  copyFileSync(join(root, 'schema/schema.graphql'), join(client, 'schema.graphql'))
  copyFileSync(join(root, 'LICENSE'), join(client, 'LICENSE'))
  rmSync(join(client, 'operations'), { recursive: true, force: true })
  mkdirSync(join(client, 'operations'))
  cpSync(join(root, 'schema/operations'), join(client, 'operations'), { recursive: true })
}

if (process.argv[1] === import.meta.filename) buildClient({ checked: !process.argv.includes('--no-check') })
