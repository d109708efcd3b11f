import { createRequire } from 'node:module'
import { build } from 'esbuild'

/** Major versions of React that the package supports. */
export const REACT_VERSIONS = ['19', '18'] as const
/** A major version of React. */
export type ReactVersion = (typeof REACT_VERSIONS)[number]

/** Bundles an application for a page, with one of the supported versions of React. Returns its code. */
export async function bundleApp(entry: string, react: ReactVersion = '19'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
    ...(react === '18' ? { alias: { react: 'react-18', 'react-dom': 'react-dom-18' } } : {}),
  })
  return outputFiles[0]?.text ?? ''
}

/** The installed version of a package. */
export function readVersion(name: string): string {
  const require = createRequire(import.meta.url)
  return (require(`${name}/package.json`) as { version: string }).version
}
