/** A value that a write has left; null: the object does not exist. */
export type Value = Readonly<Record<string, string>> | null

/** A write of an object. Times are those of one logical clock. */
export interface Write {
  readonly object: string
  readonly value: Value
  readonly start: number
  /** Infinity for a write whose response has not arrived. */
  end: number
}

/** What a read has shown of an object. */
export interface Fact {
  readonly object: string
  readonly seen: string
  /** What the read shows of a value. */
  readonly project: (value: Value) => string
}

/** A read and everything that it has shown. */
export interface Read {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly facts: readonly Fact[]
}

/** A history of reads and writes under a logical clock. Writes of one object must follow each other. */
export class History {
  readonly writes: Write[] = []
  readonly reads: Read[] = []
  #time = 0

  tick(): number {
    return (this.#time += 1)
  }

  /** Records a write around the work that carries it out. */
  async write<Result>(object: string, value: Value, work: () => Promise<Result>): Promise<Result> {
    const write: Write = { object, value, start: this.tick(), end: Infinity }
    this.writes.push(write)
    const result = await work()
    write.end = this.tick()
    return result
  }

  /** Records a read around the work that carries it out. */
  async read(name: string, work: () => Promise<readonly Fact[]>): Promise<void> {
    const start = this.tick()
    const facts = await work()
    this.reads.push({ name, start, end: this.tick(), facts })
  }
}

/**
 * Every fact that contradicts the history: a read must show the last write that ended before it began, or one
 * that was in progress during it. An object without a write does not exist.
 */
export function findViolations({ writes, reads }: Pick<History, 'writes' | 'reads'>): string[] {
  const byObject = new Map<string, Write[]>()
  for (const write of writes) byObject.set(write.object, [...(byObject.get(write.object) ?? []), write])
  return reads.flatMap((read) =>
    read.facts.flatMap(({ object, seen, project }) => {
      const allowed = listAllowed(byObject.get(object) ?? [], read).map(project)
      if (allowed.includes(seen)) return []
      return [
        `${read.name} at ${read.start}–${read.end} saw ${object} as ${seen}, not ${allowed.join(' or ')}`,
      ]
    }),
  )
}

function listAllowed(writes: readonly Write[], { start, end }: Read): Value[] {
  const before = writes.filter((write) => write.end < start).at(-1)
  const during = writes.filter((write) => write.end >= start && write.start <= end)
  return [before?.value ?? null, ...during.map(({ value }) => value)]
}
