import DataLoader from 'dataloader'

/** Most keys of one statement: what a turn of the event loop begins, twice over. */
const MOST_KEYS = 64

/**
 * Looks rows up by their key; look-ups that are asked for in one turn of the event loop, whichever requests they belong to, are one
 * statement. Nothing is remembered: a row is always read after it was asked for, and a failure is everybody's who asked.
 *
 * `load` gets between 1 and 64 keys, one of them perhaps several times: their number is always a power of two, so that few
 * statements have to be prepared. A key that the database refuses would be refused to everybody: keys are ours, or were checked.
 */
export function batchLookups<Row>(
  load: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): (key: string) => Promise<Row | null> {
  async function loadAll(keys: readonly string[]): Promise<(Row | null)[]> {
    const rows = await load(padded([...new Set(keys)]))
    const found = new Map(rows.map((row) => [keyOf(row), row]))
    return keys.map((key) => found.get(key) ?? null)
  }
  const loader = new DataLoader(loadAll, { cache: false, maxBatchSize: MOST_KEYS })
  return (key) => loader.load(key)
}

function padded(keys: readonly string[]): readonly string[] {
  const size = 2 ** Math.ceil(Math.log2(keys.length))
  return [...keys, ...Array<string>(size - keys.length).fill(keys[0] ?? '')]
}
