import type { TestGateway } from './gateway.ts'

/** A cache level that counts its reads. */
export type CacheLevel = 'accounts' | 'posts' | 'responses'

/** Starts the metrics of a gateway; the returned function reads how often a cache level had the value. */
export async function openCacheReads(
  gateway: TestGateway,
): Promise<(level: CacheLevel, result?: 'hit' | 'miss') => Promise<number>> {
  const url = await gateway.app.metrics.listen({ host: '127.0.0.1', port: 0 })
  return async (level, result = 'hit') => {
    const text = await (await fetch(url)).text()
    const name = `gateway_cache_reads_total{level="${level}",result="${result}"} `
    const line = text.split('\n').find((each) => each.startsWith(name))
    return Number(line?.slice(name.length) ?? 0)
  }
}
