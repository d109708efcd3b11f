import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** The files that a page of the documentation shows: code blocks whose language is followed by a path. */
export function readPageFiles(page: string): Record<string, string> {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = text.matchAll(/```tsx? (src\/\S+)\n([\s\S]*?)```/g)
  return Object.fromEntries([...blocks].map(([, path = '', code = '']) => [path, code]))
}

/** The files below a folder. */
export function moveFiles(files: Readonly<Record<string, string>>, folder: string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, code]) => [join(folder, path), code]))
}
