import type { Database } from '../../src/adapters/database/database.ts'
import { Prisma } from '../../src/generated/sqlite/client.ts'

/** The plan of one statement. */
export interface QueryPlan {
  readonly text: string
  /** Names of the indexes that it uses. */
  readonly indexes: readonly string[]
  /** Tables of which it reads every row. */
  readonly scanned: readonly string[]
}

/** A database that records the raw statements that repositories run on it. */
export function recordStatements(database: Database): Database & { readonly statements: Prisma.Sql[] } {
  const statements: Prisma.Sql[] = []
  const record = (args: readonly unknown[]) => {
    const [first, ...values] = args
    const statement = first instanceof Prisma.Sql ? first : new Prisma.Sql(first as string[], values)
    statements.push(statement)
  }
  const prisma = new Proxy(database.prisma, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      const method = member.bind(target) as (...args: unknown[]) => unknown
      if (name !== '$queryRaw' && name !== '$executeRaw') return method
      return (...args: unknown[]) => (record(args), method(...args))
    },
  })
  const run: Database['run'] = (work) =>
    database.run((_prisma, queryTexts) =>
      work(prisma, (statement) => (statements.push(statement), queryTexts(statement))),
    )
  return { ...database, prisma, run, runFor: (_callerId, work) => run(work), statements }
}

/** The plan of a statement. PostgreSQL executes it for the number of rows that it reads. */
export async function explain({ dialect, prisma }: Database, statement: Prisma.Sql): Promise<QueryPlan> {
  const text =
    dialect === 'sqlite'
      ? (await prisma.$queryRaw<{ detail: string }[]>`EXPLAIN QUERY PLAN ${statement}`)
          .map(({ detail }) => detail)
          .join('\n')
      : (await prisma.$queryRaw<{ 'QUERY PLAN': string }[]>`EXPLAIN (COSTS OFF) ${statement}`)
          .map((row) => row['QUERY PLAN'])
          .join('\n')
  const indexPattern =
    dialect === 'sqlite' ? /INDEX (\w*_(?:idx|key))/g : /(?:using|Index Scan on) (\w*_(?:idx|key))/g
  const scanPattern =
    dialect === 'sqlite' ? /SCAN (?!s VIRTUAL|post_search VIRTUAL)(\w+)/g : /Seq Scan on (\w+)/g
  return { text, indexes: findAll(text, indexPattern), scanned: findAll(text, scanPattern) }
}

function findAll(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort()
}
