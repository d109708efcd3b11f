import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const page = join(root, 'bench/README.md')
const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs')

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0
}

/**
 * The chance that a figure of the first kind is greater than one of the second, ties counted half (Mann and Whitney): 0.5 where
 * nobody can tell the kinds apart.
 */
export function areaUnderCurve(first: readonly number[], second: readonly number[]): number {
  const ordered = [...second].sort((a, b) => a - b)
  const below = (figure: number, included: boolean) => {
    let [low, high] = [0, ordered.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const value = ordered[middle] ?? 0
      if (value < figure || (included && value === figure)) low = middle + 1
      else high = middle
    }
    return low
  }
  const wins = first.reduce((sum, figure) => sum + (below(figure, false) + below(figure, true)) / 2, 0)
  return wins / (first.length * second.length)
}

/** A table in Markdown; the first column is text, the others are figures. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

/** Prints figures and, when the command was given `--write`, puts them into the part of bench/README.md with this name. */
export function report(part: string, text: string): void {
  console.log(`\n${text}`)
  if (!process.argv.includes('--write')) return
  const [before, after] = readFileSync(page, 'utf8').split(
    new RegExp(`<!-- ${part} -->[\\s\\S]*?<!-- /${part} -->`),
  )
  if (after === undefined) throw new Error(`bench/README.md has no part ${part}`)
  writeFileSync(page, `${before ?? ''}<!-- ${part} -->\n\n${text}\n\n<!-- /${part} -->${after}`)
  execFileSync(process.execPath, [prettier, '--write', page])
}
