import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LimitRecord, ConfiguredLimitRecord } from '../src/features/limits/limit-record.ts'
import { LIMITS } from '../src/features/limits/limits.ts'
import { replacePart } from './page-parts.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/limits.md')

/** `docs/limits.md` with its table of limits. */
export async function limitsPage(): Promise<string> {
  const head = ['| fields | per | times | name | counts |', '| --- | --- | --- | --- | --- |']
  return replacePart(file, 'rules', [...head, ...Object.values(LIMITS).map(toRow)].join('\n'))
}

function toRow(limit: LimitRecord | ConfiguredLimitRecord): string {
  const { fields, per, windowMs, name, meaning } = limit
  const max = 'max' in limit ? String(limit.max) : `\`${limit.maxSetting}\``
  const names = fields.map((field) => `\`${field}\``).join(', ')
  return `| ${names} | ${per} | ${max} in ${formatDuration(windowMs)} | \`${name}\` | ${meaning} |`
}

function formatDuration(ms: number): string {
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
