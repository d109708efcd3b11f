import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../..')

/** Exports of a page's code, and the temporary folder to delete afterwards. */
export interface PageCode {
  readonly exports: unknown
  readonly folder: string
}

/**
 * Runs the `ts` blocks of a page unchanged, apart from removing types. The folder is below node_modules, so
 * that Node.js resolves packages.
 */
export async function loadPageCode(page: string): Promise<PageCode> {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
  if (blocks.length === 0) throw new Error(`${page} has no code`)
  const { outputText } = ts.transpileModule(blocks.join('\n'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, 'node_modules/.cache/page-code-'))
  const file = join(folder, 'code.mjs')
  writeFileSync(file, outputText)
  return { exports: await import(/* @vite-ignore */ pathToFileURL(file).href), folder }
}
