import { Prisma } from '../../generated/sqlite/client.ts'
import type { Dialect } from './database.ts'

// Rows as one JSON text, for `QueryTexts`.

/**
 * Selects rows as one text `json`, in their order. `members`: each name in quotation marks, and its column,
 * which SQLite needs.
 */
export function selectJson(dialect: Dialect, members: Prisma.Sql, rows: Prisma.Sql): Prisma.Sql {
  return dialect === 'postgresql'
    ? Prisma.sql`SELECT json_agg(r)::text AS json FROM (${rows}) AS r`
    : Prisma.sql`SELECT json_group_array(json_object(${members})) AS json FROM (${rows}) AS r`
}

/**
 * Selects rows as one text, for `splitRows`: each row is one line of JSON, which has no line break within a
 * value.
 */
export function selectJsonLines(dialect: Dialect, members: Prisma.Sql, rows: Prisma.Sql): Prisma.Sql {
  return dialect === 'postgresql'
    ? Prisma.sql`SELECT string_agg(row_to_json(r)::text, chr(10)) AS json FROM (${rows}) AS r`
    : Prisma.sql`SELECT group_concat(json_object(${members}), char(10)) AS json FROM (${rows}) AS r`
}

/** The rows of the text, each in JSON; none for null. */
export function splitRows(text: string | null): readonly string[] {
  return text === null ? [] : text.split('\n')
}

/** A row in JSON, where its times are texts. */
export type RowInJson<Row, Times extends keyof Row> = Omit<Row, Times> & {
  readonly [Name in Times]: string | (null extends Row[Name] ? null : never)
}

/** The rows of the text; null for none. */
export function parseRows<Row>(text: string | null): readonly Row[] {
  return JSON.parse(text ?? '[]') as readonly Row[]
}

/** A time in JSON. PostgreSQL writes it without the zone, which is UTC. */
export function parseTime(dialect: Dialect, text: string): Date {
  return new Date(dialect === 'postgresql' ? `${text}Z` : text)
}

/** The same for a column that can be null. */
export function parseOptionalTime(dialect: Dialect, text: string | null): Date | null {
  return text === null ? null : parseTime(dialect, text)
}

/** A time as SQLite stores it, in UTC. PostgreSQL reads it, too. */
export function formatTime(time: Date): string {
  return time.toISOString().replace('Z', '+00:00')
}

/** The condition that the value of a column is one of these, whose text does not depend on their number. */
export function matchValues(dialect: Dialect, column: Prisma.Sql, values: readonly string[]): Prisma.Sql {
  return dialect === 'postgresql'
    ? Prisma.sql`${column} = ANY(${values})`
    : Prisma.sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`
}
