import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { findTestTitles, type TestTitle } from './test-titles.ts'

const root = resolve(import.meta.dirname, '..')

/**
 * What a test title ends with that proves requirements: `(SR-057, SR-061)` or `(SR-036: RFC 6238 Appendix
 * B)`.
 */
export const CITATION = / \((SR-\d{3}(?:, SR-\d{3})*)(?:: [^()]*)?\)$/

const requirement = z.strictObject({
  id: z.string().regex(/^SR-\d{3}$/),
  requirement: z.string().endsWith('.'),
  source: z.array(z.string()).min(1),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  status: z.enum(['proven', 'unproven', 'not applicable']),
  /** What is not proven, or why. */
  note: z.string().endsWith('.').optional(),
})
const areas = z.array(z.strictObject({ area: z.string(), requirements: z.array(requirement).min(1) }))

/** A security requirement as `docs/security-requirements.json` has it. */
export type SecurityRequirement = z.infer<typeof requirement>

/** A test or a group of tests that cites requirements. */
export interface CitingTest {
  /** Path below the root of the repository. */
  readonly file: string
  /** Titles from the outermost group to the test, without citations. */
  readonly titles: readonly string[]
  readonly ids: readonly string[]
}

/** The requirements, by area. */
export function readRequirements(): z.infer<typeof areas> {
  return areas.parse(JSON.parse(readFileSync(join(root, 'docs/security-requirements.json'), 'utf8')))
}

/** A title and the file that has it, by its path below the root. */
export interface FiledTitle extends TestTitle {
  readonly file: string
}

/** The titles of all tests, in the order of their files. */
export function readTestTitles(): readonly FiledTitle[] {
  return ['test', 'web/test']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.startsWith('test/generated'))
    .toSorted()
    .flatMap((file) =>
      findTestTitles(readFileSync(join(root, file), 'utf8')).map((title) => ({ file, ...title })),
    )
}

/** The tests that cite requirements. */
export function findCitingTests(titles = readTestTitles()): readonly CitingTest[] {
  return titles.flatMap(({ file, title, groups }) => {
    const cited = CITATION.exec(title)?.[1]
    if (cited === undefined) return []
    return [{ file, titles: [...groups, title].map(withoutCitation), ids: cited.split(', ') }]
  })
}

function withoutCitation(title: string): string {
  return title.replace(CITATION, '')
}
