import type { Finding } from '../core/finding.ts'

/** Widths of the columns of states and areas. */
const WIDTHS = { status: 'failure'.length, area: 'settings'.length }
const AREAS: readonly Finding['area'][] = [
  'settings',
  'database',
  'store',
  'keys',
  'messages',
  'traces',
  'clock',
]

/** Findings for people: one line each, the remedy below it, and a line that counts them. */
export function formatFindings(findings: readonly Finding[]): string {
  const lines = AREAS.flatMap((area) => findings.filter((finding) => finding.area === area)).map(
    formatFinding,
  )
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length
  return `${lines.join('')}\n${findings.length} checks: ${count('failure')} failed, ${count('warning')} with a warning\n`
}

function formatFinding({ area, status, text, remedy }: Finding): string {
  const indent = ' '.repeat(WIDTHS.status + WIDTHS.area + 4)
  const columns = `${status.padEnd(WIDTHS.status)}  ${area.padEnd(WIDTHS.area)}`
  return `${columns}  ${text}\n${remedy === null ? '' : `${indent}→ ${remedy}\n`}`
}

/** Findings for programs: `status` is the worst of them. */
export function formatFindingsJson(findings: readonly Finding[]): string {
  const statuses = new Set(findings.map(({ status }) => status))
  const status = (['failure', 'warning'] as const).find((one) => statuses.has(one)) ?? 'ok'
  return `${JSON.stringify({ status, findings })}\n`
}
