import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { replacePart } from '../scripts/page-parts.ts'

const page = join(resolve(import.meta.dirname, '..'), 'bench/README.md')

/** The median of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0
}

/**
 * The probability that a figure of the first kind is greater than one of the second, ties counted half (Mann
 * and Whitney): 0.5 if the kinds are indistinguishable.
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

/** A Markdown table. The first column is text, the others are figures. */
export function buildTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  )
}

/** Prints figures. With `--write`, also writes them to this part of a page, which is bench/README.md. */
export async function report(part: string, text: string, file = page): Promise<void> {
  console.log(`\n${text}`)
  if (process.argv.includes('--write')) writeFileSync(file, await replacePart(file, part, text))
}
