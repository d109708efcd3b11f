import DataLoader from 'dataloader'

/** Most calls that run together. */
const MAX_CALLS = 256

/**
 * Runs calls that start in one turn of the event loop together, at most 256 at a time. `run` returns one
 * result per call, in their order; if it fails, all its calls fail.
 */
export function batchCalls<Call, Result>(
  run: (calls: readonly Call[]) => Promise<readonly (Result | Error)[]>,
): (call: Call) => Promise<Result> {
  const loader = new DataLoader(run, { cache: false, maxBatchSize: MAX_CALLS })
  return (call) => loader.load(call)
}
