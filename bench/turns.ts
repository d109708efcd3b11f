import { setTimeout as sleep } from 'node:timers/promises'
import type { Figures } from './callers.ts'
import { buildTable, median } from './figures.ts'
import { readCpuMicros } from './process-figures.ts'
import type { Server } from './servers.ts'

/** How rows are measured. */
export interface Turns {
  readonly rounds: number
  /** Of each measurement. */
  readonly seconds: number
  /** All servers, which must be idle before each measurement. */
  readonly servers: readonly Server[]
}

/** A row of the table. The figures of a row are divided by those of its base in the same run. */
export interface Row {
  readonly name: string
  readonly base: string
  /** Runs the load for some seconds; uses of tokens end with the tokens. */
  readonly measure: (seconds: number) => Promise<Figures>
  /** Runs a load before the measurement. Default: the same. */
  readonly warmUp?: (seconds: number) => Promise<unknown>
}

/** Load before each measurement, in seconds: after a pause, a gateway needs two until it is as fast again. */
const WARM_UP_SECONDS = 3
/** Interval at which servers are checked for remaining work, in milliseconds. */
const SETTLE_MS = 250
/** CPU time of all idle servers in this interval, in microseconds. */
const IDLE_MICROS = 20_000

/**
 * Measures the rows in turns for several rounds, so that variations of the machine affect all of them, and
 * returns a table of the medians.
 */
export async function measureInTurns(
  rows: readonly Row[],
  { rounds, seconds, servers }: Turns,
): Promise<string> {
  const all = new Map<string, Figures[]>(rows.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, measure, warmUp } of rows) {
      await (warmUp ?? measure)(WARM_UP_SECONDS)
      await settle(servers)
      const figures = await measure(seconds)
      // The first round is a warm-up.
      if (round > 0) all.get(name)?.push(figures)
    }
    console.log(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
  }
  const middle = (name: string, figure: keyof Figures) =>
    median((all.get(name) ?? []).map((figures) => figures[figure]))
  const lines = rows.map(({ name, base }) => [
    name,
    (middle(name, 'perSecond') / middle(base, 'perSecond')).toFixed(2),
    middle(name, 'perSecond').toFixed(0),
    middle(name, 'cpu').toFixed(0),
    middle(name, 'p50').toFixed(1),
    middle(name, 'p99').toFixed(1),
  ])
  return buildTable(['what', 'ratio', 'per second', 'CPU µs', 'p50 ms', 'p99 ms'], lines)
}

/** Waits until no server works any more: messages and events are written after the responses. */
export async function settle(servers: readonly Server[]): Promise<void> {
  const read = () => servers.reduce((sum, { pid }) => sum + readCpuMicros(pid), 0)
  for (let [last, current] = [-Infinity, read()]; current - last > IDLE_MICROS;) {
    await sleep(SETTLE_MS)
    ;[last, current] = [current, read()]
  }
}
