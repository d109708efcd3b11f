import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

// Records the build of a version: `npx tsx scripts/record-build.ts <git ref>` writes
// test/fixtures/last-release.tar.gz, with the compiled code, the migrations and the package.json of the ref.
// It has no dependencies and runs with those of this repository. test/process/upgrade.test.ts starts it
// beside the present build, as in an upgrade and its rollback. A release records its tag once published.

const root = resolve(import.meta.dirname, '..')
/** The recorded build. */
export const RECORDED_BUILD = join(root, 'test/fixtures/last-release.tar.gz')
/** What the archive contains. */
const CONTENTS = ['dist', 'prisma/sqlite/migrations', 'prisma/postgresql/migrations', 'package.json'] as const

/** Builds a git ref in a temporary folder and archives the result. */
function recordBuild(ref: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-build-'))
  try {
    checkOut(ref, folder)
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], { cwd: folder })
    removeDeclarations(join(folder, 'dist'))
    archive(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function checkOut(ref: string, folder: string): void {
  const files = execFileSync('git', ['archive', ref], { cwd: root, maxBuffer: 2 ** 30 })
  execFileSync('tar', ['-x', '-C', folder], { input: files })
}

/** Type declarations, which a running program does not read. */
function removeDeclarations(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.d.ts')) rmSync(join(folder, name))
}

/** The same files give the same bytes (options of GNU tar). */
function archive(folder: string): void {
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  execFileSync('tar', [...reproducible, '-I', 'gzip -9n', '-cf', RECORDED_BUILD, ...CONTENTS], {
    cwd: folder,
  })
}

/** Unpacks the recorded build into an empty folder, and returns the path of its program. */
export function unpackRecordedBuild(folder: string): string {
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xzf', RECORDED_BUILD, '-C', folder])
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'dist/main.js')
}

if (process.argv[1] === import.meta.filename) {
  const [, , ref] = process.argv
  if (ref === undefined) {
    console.error('usage: npx tsx scripts/record-build.ts <git ref>')
    process.exit(64)
  }
  recordBuild(ref)
  console.log(RECORDED_BUILD)
}
