import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { replacePart } from './page-parts.ts'
import {
  findCitingTests,
  readRequirements,
  type CitingTest,
  type SecurityRequirement,
} from './security-requirements.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/security-requirements.md')

const STATUS = {
  proven: 'proven by tests',
  unproven: 'not yet proven by a test',
  'not applicable': 'not applicable',
} as const satisfies Record<SecurityRequirement['status'], string>

/** `docs/security-requirements.md` with its summary, its requirements and the tests that cite them. */
export async function securityRequirementsPage(tests = findCitingTests()): Promise<string> {
  const areas = readRequirements()
  const sections = areas.flatMap(({ area, requirements }) => [
    `## ${area}`,
    ...requirements.map((requirement) => formatRequirement(requirement, tests)),
  ])
  const text = [formatSummary(areas), ...sections].join('\n\n')
  return replacePart(file, 'requirements', text, { proseWrap: 'always' })
}

function formatSummary(areas: ReturnType<typeof readRequirements>): string {
  const all = areas.flatMap(({ requirements }) => requirements)
  const counts = (among: readonly SecurityRequirement[]) =>
    Object.keys(STATUS).map((status) => among.filter((requirement) => requirement.status === status).length)
  const rows = [
    ['area', ...Object.values(STATUS)],
    ['---', '--:', '--:', '--:'],
    ...areas.map(({ area, requirements }) => [area, ...counts(requirements)]),
    [`all ${all.length}`, ...counts(all)],
  ]
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function formatRequirement(requirement: SecurityRequirement, tests: readonly CitingTest[]): string {
  const { id, severity, source, status, note } = requirement
  const links = tests.filter(({ ids }) => ids.includes(id)).map(formatLink)
  return [
    `### ${id}`,
    requirement.requirement,
    `Severity: ${severity}. Status: ${STATUS[status]}. Source: ${source.join('; ')}.`,
    ...(note === undefined ? [] : [note]),
    ...(links.length === 0 ? [] : [links.join('\n')]),
  ].join('\n\n')
}

/** A link to the file of a test, with its titles as text; places that a table of cases fills are `…`. */
function formatLink({ file, titles }: CitingTest): string {
  const text = titles.map((title) => title.replace(/%[sdijo]|\$\w+/g, '…')).join(' › ')
  return `- [${text.replace(/[\\[\]<>*_`&|]/g, '\\$&')}](../${file})`
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await securityRequirementsPage())
