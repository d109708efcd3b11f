import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const stamp = join(dist, '.built-from')

/**
 * Files of the IDE under the names that src/http/ide.ts serves them by: browser builds that the packages
 * ship.
 */
const IDE_FILES = {
  'react.js': 'node_modules/react/umd/react.production.min.js',
  'react-dom.js': 'node_modules/react-dom/umd/react-dom.production.min.js',
  'graphiql.js': 'node_modules/graphiql/graphiql.min.js',
  'graphiql.css': 'node_modules/graphiql/graphiql.min.css',
  'start.js': 'src/http/ide-start.js',
}

/**
 * Builds `dist/`, unless it was built from the present sources; `--force` builds it again, with type checks.
 */
export function build({ force }: { readonly force: boolean }): void {
  const sources = fingerprint()
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  rmSync(dist, { recursive: true, force: true })
  compile({ checked: force })
  copyIde()
  chmodSync(join(dist, 'main.js'), 0o755)
  writeFileSync(stamp, sources)
}

/** Runs the compiler. A release is built with all its checks; other builds leave them to `npm run check`. */
function compile({ checked }: { readonly checked: boolean }): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = ['-p', 'tsconfig.build.json', ...(checked ? [] : ['--noCheck'])]
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' })
}

/**
 * Copies the browser files of the IDE. They are all that the gateway needs of a build when it runs from its
 * sources.
 */
export function copyIde(): void {
  mkdirSync(join(dist, 'ide'), { recursive: true })
  for (const [name, source] of Object.entries(IDE_FILES))
    copyFileSync(join(root, source), join(dist, 'ide', name))
}

/** A hash over everything that the build reads. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const inputs = ['src', 'scripts/build.ts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']
  for (const file of inputs.flatMap((input) => filesBelow(join(root, input)))) {
    hash.update(relative(root, file)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--ide')) copyIde()
  else build({ force: process.argv.includes('--force') })
}
