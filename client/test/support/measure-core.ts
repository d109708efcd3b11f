import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Most bytes of the core: 4 KB. */
const LIMIT = 4096

/** Bundles `createAuthClient` as an application does; returns its size, minified and gzipped, in bytes. */
export async function measureCore(): Promise<{ readonly bytes: number; readonly limit: number }> {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { createAuthClient } from './src/index.ts'",
      resolveDir: resolve(import.meta.dirname, '../..'),
    },
    bundle: true,
    minify: true,
    write: false,
    splitting: true,
    outdir: 'core',
    format: 'esm',
    target: 'es2022',
  })
  // What the page loads at once: not the part that browsers without Web Locks load.
  const [core] = outputFiles.filter(({ path }) => path.endsWith('stdin.js'))
  const shared = outputFiles.filter(({ path }) => path.includes('chunk-'))
  const texts = [core, ...shared].map((file) => file?.text ?? '')
  return { bytes: gzipSync(texts.join(''), { level: 9 }).length, limit: LIMIT }
}
