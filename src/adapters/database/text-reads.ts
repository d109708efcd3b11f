import type { Dialect, ReadText } from './database.ts'

/** The part of Prisma's driver adapters that reads use. */
interface DriverAdapter {
  queryRaw(query: {
    readonly sql: string
    readonly args: unknown[]
    readonly argTypes: { scalarType: 'unknown'; arity: 'scalar' }[]
  }): Promise<{ readonly rows: readonly (readonly unknown[])[] }>
}

/** Adapters convert values by their class: a date needs no type. */
const ARGUMENT = { scalarType: 'unknown', arity: 'scalar' } as const

/** Reads texts through an adapter. `connect`: its adapter, which the client of Prisma uses, too. */
export function createTextReader(dialect: Dialect, connect: () => Promise<DriverAdapter>): ReadText {
  return async (statement) => {
    const adapter = await connect()
    const { values } = statement
    const { rows } = await adapter.queryRaw({
      sql: dialect === 'sqlite' ? statement.sql : statement.text,
      args: [...values],
      argTypes: values.map(() => ARGUMENT),
    })
    return (rows[0]?.[0] ?? null) as string | null
  }
}
