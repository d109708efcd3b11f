import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { buildApp } from './build-app.ts'
import { hashFiles } from './hash-files.ts'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const stamp = join(dist, '.built-from')
/** Everything that the build reads. */
const SOURCES = [
  'src',
  'scripts/build.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
] as const

/**
 * Files of the IDE under the names that src/http/ide.ts serves them by: browser builds that the packages
 * ship.
 */
const IDE_FILES = {
  'react.js': 'node_modules/react-18/umd/react.production.min.js',
  'react-dom.js': 'node_modules/react-dom-18/umd/react-dom.production.min.js',
  'graphiql.js': 'node_modules/graphiql/graphiql.min.js',
  'graphiql.css': 'node_modules/graphiql/graphiql.min.css',
  'start.js': 'src/http/ide-start.js',
  'sign-in.js': 'src/http/ide-sign-in.js',
}

/**
 * Builds `dist/`, unless it was built from the present sources; `--force` builds it again, with type checks.
 */
export function build({ force }: { readonly force: boolean }): void {
  const sources = hashFiles(SOURCES)
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  // The app has a build of its own below this folder.
  for (const name of existsSync(dist) ? readdirSync(dist) : [])
    if (name !== 'app') rmSync(join(dist, name), { recursive: true, force: true })
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

if (process.argv[1] === import.meta.filename) {
  const force = process.argv.includes('--force')
  if (process.argv.includes('--ide')) copyIde()
  else build({ force })
  buildApp({ force })
}
