import { lstatSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { satisfies } from 'semver'

// Prints how large the install is, and fails when it exceeds its limits or a package excludes a supported
// Node.

const root = resolve(import.meta.dirname, '..')
const MAX_PACKAGES = 800
/** 50 of them are React, Apollo Client, urql and TanStack Query, for the tests of the client package. */
const MAX_MEGABYTES = 500
/** The oldest supported version of each line of Node. */
const NODE_VERSIONS = ['20.19.0', '22.13.0', '24.0.0']
/** Lock files whose packages npm installs in this project. */
export const LOCK_FILES = [
  'package-lock.json',
  'tools/package-lock.json',
  'tools/federation/package-lock.json',
  'tools/deploy/package-lock.json',
] as const

/**
 * Packages of a lock file that npm reports with EBADENGINE on a supported Node: `name@version needs range`.
 */
export function findUnsupported(lockFile: string): string[] {
  return Object.entries(readPackages(lockFile)).flatMap(([path, { version, engines }]) => {
    const range = engines?.node
    const isSupported = (node: string) => !range || satisfies(node, range, { includePrerelease: true })
    return NODE_VERSIONS.every(isSupported) ? [] : [`${path}@${version} needs Node ${range}`]
  })
}

interface LockedPackage {
  readonly version?: string
  readonly engines?: { readonly node?: string }
}

function readPackages(lockFile: string): Record<string, LockedPackage> {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  return packages
}

/** Bytes on disk below a folder, without the caches that tools keep there. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== '.cache')
    .map((entry) => {
      const path = join(folder, entry.name)
      return lstatSync(path).blocks * 512 + (entry.isDirectory() ? bytesBelow(path) : 0)
    })
    .reduce((sum, bytes) => sum + bytes, 0)
}

function main(): void {
  const modules = join(root, 'node_modules')
  const packages = Object.keys(readPackages(join(modules, '.package-lock.json'))).length
  const megabytes = Math.round(bytesBelow(modules) / 2 ** 20)
  const unsupported = LOCK_FILES.flatMap((file) => findUnsupported(join(root, file)))
  console.log(
    `install: ${packages} packages (at most ${MAX_PACKAGES}), ${megabytes} MB (at most ${MAX_MEGABYTES}), ${unsupported.length} without support for Node ${NODE_VERSIONS.join(', ')}`,
  )
  for (const line of unsupported) console.error(line)
  if (packages > MAX_PACKAGES || megabytes > MAX_MEGABYTES || unsupported.length > 0) process.exitCode = 1
}

if (process.argv[1] === import.meta.filename) main()
