import type { Generations } from './generations.ts'

/**
 * The generations that each method of a port changes, as keys; null for a method that changes nothing that is
 * cached. Every method must have an entry, so a new method does not compile before it is classified.
 */
export type ChangesOf<Port> = {
  readonly [Method in keyof Port]: Port[Method] extends (...args: infer Args) => Promise<unknown>
    ? ((...args: Args) => readonly string[]) | null
    : never
}

type Method = (...args: readonly unknown[]) => Promise<unknown>

/**
 * The same port, whose changing methods raise their generations: no service has to remember it. `urgent`: its
 * changes are written although the state store fails.
 */
export function trackChanges<Port extends object>(
  port: Port,
  { changes, urgent }: { readonly changes: ChangesOf<Port>; readonly urgent: boolean },
  generations: Pick<Generations, 'change'>,
): Port {
  const methods = port as Readonly<Record<string, Method>>
  const tracked = Object.entries(changes).map(([name, toKeys]) => {
    const call: Method = (...args) => {
      const keys = (toKeys as ((...args: readonly unknown[]) => readonly string[]) | null)?.(...args) ?? []
      const run = () => methods[name]?.(...args) ?? Promise.reject(new Error(`the port has no ${name}`))
      return keys.length === 0 ? run() : generations.change({ keys, urgent }, run)
    }
    return [name, call]
  })
  return Object.fromEntries(tracked) as Port
}
