import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FAILURES, OPERATIONS } from '../test/support/failures.ts'
import { replacePart } from './page-parts.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/failures.md')

/** `docs/failures.md` with the table that `test/features/store-failures.test.ts` runs. */
export function failuresPage(): Promise<string> {
  const head = [
    ['fault', 'meaning', ...OPERATIONS],
    ['---', '---', ...OPERATIONS.map(() => '---')],
  ]
  const rows = Object.entries(FAILURES).map(([name, { meaning, outcomes }]) => [
    name,
    meaning,
    ...OPERATIONS.map((operation) => outcomes[operation]),
  ])
  return replacePart(file, 'matrix', [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'))
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await failuresPage())
