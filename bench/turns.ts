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

/** The median of one figure of a row, over all rounds. */
export type Medians = (name: string, figure: keyof Figures) => number

/** Measures the rows in turns for several rounds, so that variations of the machine affect all of them. */
export async function measureInTurns(
  rows: readonly Pick<Row, 'name' | 'measure' | 'warmUp'>[],
  { rounds, seconds, servers }: Turns,
): Promise<Medians> {
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
  return (name, figure) => median((all.get(name) ?? []).map((figures) => figures[figure]))
}

/** A table of the rows, with the rate of each divided by that of its base. */
export function buildRatios(rows: readonly Row[], medians: Medians): string {
  const lines = rows.map(({ name, base }) => [
    name,
    (medians(name, 'perSecond') / medians(base, 'perSecond')).toFixed(2),
    medians(name, 'perSecond').toFixed(0),
    medians(name, 'cpu').toFixed(0),
    medians(name, 'p50').toFixed(1),
    medians(name, 'p99').toFixed(1),
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
