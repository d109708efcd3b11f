import type { GraphqlResponse } from './gateway.ts'

/** Fewer than the concurrent requests of one caller that a loaded machine may refuse as a flood. */
const CONCURRENCY = 20

/** The responses of `count` calls, made 20 at a time. */
export async function sendInBatches<T>(count: number, send: (index: number) => Promise<T>): Promise<T[]> {
  const responses: T[] = []
  while (responses.length < count) {
    const from = responses.length
    const length = Math.min(CONCURRENCY, count - from)
    responses.push(...(await Promise.all(Array.from({ length }, (_, index) => send(from + index)))))
  }
  return responses
}

/** How many of the responses have each error code; those without an error count as `OK`. */
export function countCodes(
  responses: readonly Pick<GraphqlResponse<unknown>, 'code'>[],
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { code = 'OK' } of responses) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
