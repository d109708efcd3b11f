import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pack } from '../../../scripts/check-release.ts'
import { TOOLS } from '../../../scripts/install-tools.ts'
import { requestShared } from '../../../test/support/servers/request-shared.ts'

const root = resolve(import.meta.dirname, '../../..')
const NAME = 'graphql-auth-gateway-client'

/** Programs that compile projects, by the version of TypeScript. */
export const COMPILERS = {
  6: join(root, 'node_modules/typescript/bin/tsc'),
  7: join(TOOLS, 'node_modules/typescript/bin/tsc'),
} as const

/** A project that has installed the packed client. */
export interface ConsumerProject {
  readonly folder: string
  /** Writes files, by their path in the project. */
  write(files: Readonly<Record<string, string>>): void
  /** Runs a JavaScript program of the project and returns its output. Throws with its errors. */
  runNode(args: readonly string[]): string
  /** Compiles the project. Returns the errors. */
  compile(compiler: keyof typeof COMPILERS, options: readonly string[]): string
  remove(): void
}

/**
 * Installs the tarball of the client in a project in a temporary folder. Other packages are links to those of
 * this repository, so that nothing is downloaded. `peers`: packages that the project has.
 */
export async function createConsumer(
  peers: (name: string) => boolean = () => true,
): Promise<ConsumerProject> {
  await requestShared('client-build')
  const folder = mkdtempSync(join(tmpdir(), 'client-consumer-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, NAME), { recursive: true })
  const tarball = pack(join(root, 'client'), folder)
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, NAME)])
  linkPackages(modules, peers)
  const project: ConsumerProject = {
    folder,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    },
    runNode: (args) => execFileSync(process.execPath, [...args], { cwd: folder, encoding: 'utf8' }),
    compile: (compiler, options) => compile(COMPILERS[compiler], folder, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
  project.write({ 'package.json': '{ "type": "module", "private": true }' })
  return project
}

function linkPackages(modules: string, isWanted: (name: string) => boolean): void {
  const names = readdirSync(join(root, 'node_modules')).filter(
    (name) => !name.startsWith('.') && !name.startsWith('graphql-auth-gateway') && isWanted(name),
  )
  for (const name of names) symlinkSync(join(root, 'node_modules', name), join(modules, name))
}

const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck']
const MODERN = ['--noEmit', '--target', 'es2022', '--lib', 'es2023,dom,dom.iterable', '--jsx', 'react-jsx']

function compile(compiler: string, cwd: string, options: readonly string[]): string {
  try {
    execFileSync(process.execPath, [compiler, ...MODERN, ...STRICT, ...options], { cwd, encoding: 'utf8' })
    return ''
  } catch (error) {
    return String((error as { stdout?: string }).stdout)
  }
}
