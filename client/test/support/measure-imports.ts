import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/**
 * What applications import, with the most bytes that it may add to them, minified and gzipped. Peers are not
 * counted. One name of an entry must not bring the others along.
 */
export const IMPORT_BUDGETS = {
  "import './src/index.ts'": 40,
  "export { MeDocument } from './src/documents.ts'": 300,
  "export * from './src/documents.ts'": 3200,
  "export { useMeQuery } from './src/react/apollo.ts'": 450,
  "export * from './src/react/apollo.ts'": 3600,
  "export { useMeQuery } from './src/react/urql.ts'": 450,
  "export * from './src/react/urql.ts'": 3500,
  "export { useMeQuery } from './src/react/tanstack-query.ts'": 700,
  "export * from './src/react/tanstack-query.ts'": 4200,
} as const
/** One of these imports. */
export type MeasuredImport = keyof typeof IMPORT_BUDGETS

/** Bundles an import as an application does, without peers: the minified code, and its gzipped bytes. */
export async function measureImport(
  contents: string,
): Promise<{ readonly code: string; readonly bytes: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: resolve(import.meta.dirname, '../..') },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    logLevel: 'error',
  })
  const code = outputFiles[0]?.text ?? ''
  return { code, bytes: gzipSync(code, { level: 9 }).length }
}
