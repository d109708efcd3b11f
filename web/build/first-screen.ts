import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

/** Route whose screen is the first that people see, as the module that draws it. */
const FIRST_ROUTE = 'sign-in-page.tsx'

/**
 * Prints what a browser loads for the first screen, compressed with gzip, and fails the build above the
 * limit: the page, its styles, the entry and the screen for sign-in, with everything that they import.
 */
export function limitFirstScreen({ maxBytes }: { readonly maxBytes: number }): Plugin {
  return {
    name: 'limit-first-screen',
    apply: 'build',
    writeBundle(_options, bundle) {
      const names = listFirstFiles(bundle)
      const bytes = names.reduce((sum, name) => sum + measure(bundle[name]), 0)
      const report = `first screen: ${(bytes / 1000).toFixed(1)} kB gzipped in ${names.length} files (at most ${maxBytes / 1000} kB)`
      if (bytes > maxBytes) this.error(report)
      console.log(report)
    },
  }
}

function listFirstFiles(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
  const isFirst = (chunk: Rolldown.OutputChunk) =>
    chunk.isEntry || (chunk.facadeModuleId ?? '').endsWith(`/${FIRST_ROUTE}`)
  const first = new Set<string>()
  const add = (name: string): void => {
    const output = bundle[name]
    if (!output || first.has(name)) return
    first.add(name)
    if (output.type === 'chunk') output.imports.forEach(add)
  }
  for (const chunk of chunks.filter(isFirst)) add(chunk.fileName)
  const styles = Object.keys(bundle).filter((name) => name.endsWith('.css'))
  return [...first, ...styles]
}

function measure(output: Rolldown.OutputBundle[string] | undefined): number {
  if (!output) return 0
  return gzipSync(output.type === 'chunk' ? output.code : output.source, { level: 9 }).length
}
