/** Most rows that are kept. Above it, all are read again. */
const MAX_ROWS = 10_000

/** How rows are read and kept. */
export interface UnchangedRowsOptions<Row> {
  /** Reads rows by different keys. */
  readonly load: (keys: readonly string[]) => Promise<readonly Row[]>
  readonly getKey: (row: Row) => string
  /** See `Database.readVersion`. Null: nothing is kept. */
  readonly readVersion: (() => Promise<string>) | null
}

/** Rows that are kept while the database does not change. */
export interface UnchangedRows<Row> {
  /** The rows of some keys. */
  readonly read: (keys: readonly string[]) => Promise<readonly Row[]>
  /** Reads the rows of these keys again from now on: after a write that does not change the version. */
  readonly forget: (keys: readonly string[]) => void
}

/**
 * Reads rows by key, and keeps them in memory while the version of the database is the same: it is read
 * before each use, so that a row, or its absence, is never older than the request that asks for it.
 */
export function keepUnchangedRows<Row>({
  load,
  getKey,
  readVersion,
}: UnchangedRowsOptions<Row>): UnchangedRows<Row> {
  if (!readVersion) return { read: load, forget: () => undefined }
  let version: string | null = null
  /** Null: there is no such row. */
  let kept = new Map<string, Row | null>()
  /** Keys whose rows are being read. */
  const reading = new Set<Set<string>>()
  return {
    async read(keys) {
      const current = await readVersion()
      if (current !== version || kept.size > MAX_ROWS) kept = new Map()
      version = current
      // After another version, the rows that are read now go to a map that is no longer used.
      const target = kept
      const found = keys.map((key) => target.get(key))
      const missing = new Set(keys.filter((_, index) => found[index] === undefined))
      const loaded = missing.size > 0 ? await loadInto(target, missing) : []
      return [...found.filter((row) => row !== undefined && row !== null), ...loaded]
    },
    forget(keys) {
      for (const key of keys) {
        kept.delete(key)
        for (const missing of reading) missing.delete(key)
      }
    },
  }

  async function loadInto(target: Map<string, Row | null>, missing: Set<string>): Promise<readonly Row[]> {
    reading.add(missing)
    try {
      const loaded = await load([...missing])
      for (const key of missing) target.set(key, null)
      for (const row of loaded) if (missing.has(getKey(row))) target.set(getKey(row), row)
      return loaded
    } finally {
      reading.delete(missing)
    }
  }
}
