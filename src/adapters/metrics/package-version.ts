import { readFileSync } from 'node:fs'

/** The version of this package, from its manifest; `unknown` in a bundle without it. */
export function readPackageVersion(): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(`${import.meta.dirname}/../../../package.json`, 'utf8'))
    return (manifest as { readonly version: string }).version
  } catch {
    return 'unknown'
  }
}
