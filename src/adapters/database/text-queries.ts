import type { Dialect, QueryTexts } from './database.ts'

/** The part of Prisma's driver adapters that these statements use. */
interface DriverAdapter {
  queryRaw(query: {
    readonly sql: string
    readonly args: unknown[]
    readonly argTypes: { scalarType: 'unknown'; arity: 'scalar' }[]
  }): Promise<{ readonly rows: readonly (readonly unknown[])[] }>
}

/** Adapters convert values by their class: a date needs no type. */
const ARGUMENT = { scalarType: 'unknown', arity: 'scalar' } as const

/** Queries through an adapter. `connect`: its adapter, which the client of Prisma uses, too. */
export function createTextQuery(dialect: Dialect, connect: () => Promise<DriverAdapter>): QueryTexts {
  return async (statement) => {
    const adapter = await connect()
    const { values } = statement
    const { rows } = await adapter.queryRaw({
      sql: dialect === 'sqlite' ? statement.sql : statement.text,
      args: [...values],
      argTypes: values.map(() => ARGUMENT),
    })
    return rows.map(([text = null]) => text as string | null)
  }
}
