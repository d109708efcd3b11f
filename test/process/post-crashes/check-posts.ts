import { DELETION, writeVersion, type WrittenPost } from './written-posts.ts'

/** What a writer has reported about the post of a key: its last step, and whether it was acknowledged. */
export interface Report {
  /** The version before the last step; 0: none. */
  readonly previous: number
  readonly step: number
  readonly isDone: boolean
}

/** The reports of a writer by key, from its lines. */
export function readReports(output: string): ReadonlyMap<string, Report> {
  const reports = new Map<string, Report>()
  for (const line of output.split('\n').slice(0, -1)) {
    const [event, key = '', version = ''] = line.split(' ')
    const before = reports.get(key)
    const step = Number(version)
    if (event === 'begun') reports.set(key, { previous: before?.step ?? 0, step, isDone: false })
    else if (before) reports.set(key, { ...before, isDone: true })
  }
  return reports
}

/** A stored row. SQLite returns booleans as numbers. */
export interface StoredPost extends Omit<WrittenPost, 'published'> {
  readonly published: boolean | number
}

/** Acknowledged writes that were lost, half-written posts, and posts that were never written. */
export function findLosses(
  reports: ReadonlyMap<string, Report>,
  rows: readonly StoredPost[],
): readonly string[] {
  const keys = rows.map(({ title }) => title.split(' ')[0] ?? '')
  const unknown = keys.filter((key, index) => !reports.has(key) || keys.indexOf(key) !== index)
  const losses = [...reports].flatMap(([key, report]) => {
    const row = rows[keys.indexOf(key)]
    const allowed = listAllowed(report)
    const found = allowed.some((version) => isVersion(row, key, version))
    return found ? [] : [`${key}: ${JSON.stringify(report)}, stored: ${row?.title ?? 'nothing'}`]
  })
  return [...losses, ...unknown.map((key) => `${key}: stored twice or never written`)]
}

/** Versions that may be stored after a kill; 0: no row. A step that was not acknowledged may be stored. */
function listAllowed({ previous, step, isDone }: Report): readonly number[] {
  return isDone ? [step] : [previous, step]
}

function isVersion(row: StoredPost | undefined, key: string, version: number): boolean {
  if (version === DELETION || !row) return version === DELETION && !row
  const { title, content, published } = writeVersion(key, version)
  return row.title === title && row.content === content && Boolean(row.published) === published
}
