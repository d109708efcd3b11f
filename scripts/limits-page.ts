import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LIMIT_TABLE } from '../src/features/limits/limit-table.ts'
import { pageWithPart } from './page-parts.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/limits.md')

/** `docs/limits.md` with its table of rules. */
export async function limitsPage(): Promise<string> {
  const rows = LIMIT_TABLE.map(
    ({ fields, per, rule, meaning }) =>
      `| ${fields.map((name) => `\`${name}\``).join(', ')} | ${per} | ${rule.max ?? '`SMS_DAILY_BUDGET`'} in ${duration(rule.windowMs)} | \`${rule.name}\` | ${meaning} |`,
  )
  const head = ['| field | per | times | rule | counts |', '| --- | --- | --- | --- | --- |']
  return pageWithPart(file, 'rules', [...head, ...rows].join('\n'))
}

function duration(ms: number): string {
  const units = [
    [24 * 3600_000, 'd'],
    [3600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const
  const [size, unit] = units.find(([size]) => ms % size === 0) ?? [1, 'ms']
  return `${ms / size} ${unit}`
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await limitsPage())
