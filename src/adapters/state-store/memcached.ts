import type { MemcachedConfig } from '../../config/groups/memcached.ts'
import { unavailable } from '../../core/errors.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import {
  assertKey,
  assertTtl,
  assertValue,
  type Count,
  type Reservation,
  type StateStore,
} from '../../ports/state-store.ts'
import { createCircuitBreaker, type CircuitBreaker } from '../resilience/circuit-breaker.ts'
import { logCircuit } from '../resilience/circuit-log.ts'
import { withDeadline } from '../resilience/deadline.ts'
import {
  decodeItem,
  encodeCounter,
  encodeKey,
  encodeValue,
  toExpirationTime,
  type DecodedItem,
} from './memcached-encoding.ts'
import { chooseServer, connectMemcached, type MemcachedServer } from './memcached-server.ts'
import { toReservation } from './reservation.ts'

/** Timeout of one method in milliseconds. */
const METHOD_TIMEOUT_MS = 300
/** Attempts of a step that another caller has overtaken, until the method is unavailable. */
const MAX_ATTEMPTS = 200
/** Lifetime of the item of a probe that ends before it is deleted. */
const PROBE_SECONDS = 5

/** Options of the Memcached store. */
export interface MemcachedStoreOptions {
  readonly config: Pick<MemcachedConfig, 'servers' | 'tls' | 'prefix'>
  readonly now: Clock
  readonly random: Random
  readonly log: Logger
}

/**
 * State in Memcached, shared by all nodes. Each method is atomic by CAS or by a command of the server. Items
 * hold the end of their time to live by the clock of the gateway, because Memcached counts whole seconds.
 */
export class MemcachedStore implements StateStore {
  readonly #options: MemcachedStoreOptions
  readonly #servers: readonly MemcachedServer[]
  /** One for each server: one that fails does not stop the others. */
  readonly #circuits: ReadonlyMap<MemcachedServer, CircuitBreaker>
  #isClosed = false

  constructor(options: MemcachedStoreOptions) {
    const { servers, tls } = options.config
    this.#options = options
    this.#servers = servers.map((address) => connectMemcached(address, tls))
    const { log } = options
    this.#circuits = new Map(
      this.#servers.map((server) => [
        server,
        createCircuitBreaker({ onChange: logCircuit(log, `memcached ${server.name}`) }),
      ]),
    )
  }

  async get(keys: readonly string[]): Promise<(string | null)[]> {
    keys.forEach(assertKey)
    const names = keys.map((key) => this.#toName(key))
    const groups = new Map<MemcachedServer, string[]>()
    for (const name of new Set(names)) {
      const server = chooseServer(this.#servers, name)
      groups.set(server, [...(groups.get(server) ?? []), name])
    }
    const found = await Promise.all(
      [...groups].map(([server, group]) => this.#run(server, () => this.#getFrom(server, group))),
    )
    const values = new Map(found.flatMap((entries) => entries))
    return names.map((name) => values.get(name) ?? null)
  }

  async set(
    key: string,
    value: string,
    ttlMs: number,
    options?: { readonly ifAbsent: boolean },
  ): Promise<boolean> {
    assertValue(value)
    const ttl = assertTtl(ttlMs)
    return this.#runAt(key, (server, name) =>
      options?.ifAbsent
        ? this.#add(server, name, value, ttl)
        : server.store('set', name, encodeValue(value, this.#endOf(ttl)), this.#keep(ttl)),
    )
  }

  async compareAndSet(key: string, expected: string, next: string, ttlMs: number): Promise<boolean> {
    assertValue(next)
    const ttl = assertTtl(ttlMs)
    return this.#runAt(key, (server, name) =>
      attempt(async () => {
        const item = await this.#find(server, name)
        if (item?.value !== expected) return false
        const data = encodeValue(next, this.#endOf(ttl))
        return (await server.store('cas', name, data, { ...this.#keep(ttl), cas: item.cas })) || null
      }),
    )
  }

  async take(key: string): Promise<string | null> {
    const taken = await this.#runAt(key, (server, name) =>
      attempt(async () => {
        const item = await this.#find(server, name)
        if (!item) return { value: null }
        const isTaken = await server.store('cas', name, '', { expiration: -1, cas: item.cas })
        return isTaken ? { value: item.value } : null
      }),
    )
    return taken.value
  }

  async increment(key: string, windowMs: number): Promise<Count> {
    const window = assertTtl(windowMs)
    return this.#runAt(key, (server, name) => attempt(() => this.#count(server, name, window)))
  }

  async reserve(
    key: string,
    { max, windowMs }: { readonly max: number; readonly windowMs: number },
  ): Promise<Reservation> {
    return toReservation(await this.increment(key, windowMs), max)
  }

  async delete(keys: readonly string[]): Promise<void> {
    keys.forEach(assertKey)
    await Promise.all(keys.map((key) => this.#runAt(key, (server, name) => server.delete(name))))
  }

  async ping(): Promise<void> {
    const { config, random } = this.#options
    const name = encodeKey(config.prefix, `probe:${newId(random)}`)
    await Promise.all(this.#servers.map((server) => this.#run(server, () => probe(server, name))))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const server of this.#servers) server.close()
  }

  #run<T>(server: MemcachedServer, work: () => Promise<T>): Promise<T> {
    const circuit = this.#circuits.get(server)
    if (this.#isClosed || !circuit) return Promise.reject(unavailable(new Error('the store is closed')))
    return circuit.run(() => withDeadline(work, METHOD_TIMEOUT_MS))
  }

  async #runAt<T>(key: string, work: (server: MemcachedServer, name: string) => Promise<T>): Promise<T> {
    assertKey(key)
    const name = this.#toName(key)
    const server = chooseServer(this.#servers, name)
    return this.#run(server, () => work(server, name))
  }

  async #getFrom(server: MemcachedServer, names: readonly string[]): Promise<[string, string][]> {
    const found = [...(await server.get(names))].map(([name, data]) => ({ name, item: decodeItem(data) }))
    return found.filter(({ item }) => this.#isLive(item)).map(({ name, item }) => [name, item.value])
  }

  /** The live item of a name. */
  async #find(
    server: MemcachedServer,
    name: string,
  ): Promise<(DecodedItem & { readonly cas: string }) | null> {
    const found = await server.find(name)
    const item = found && { ...decodeItem(found.data), cas: found.cas }
    return item && this.#isLive(item) ? item : null
  }

  #add(server: MemcachedServer, name: string, value: string, ttl: number): Promise<boolean> {
    const data = encodeValue(value, this.#endOf(ttl))
    return attempt(() => this.#replaceExpired(server, name, data, ttl))
  }

  /** Counts in the open window, or opens one; null: another caller has just opened or closed it. */
  async #count(server: MemcachedServer, name: string, window: number): Promise<Count | null> {
    const data = await server.increment(name).catch(async (error: unknown) => {
      // Not a number: a value, which may have expired by the clock of the gateway.
      if (await this.#find(server, name)) throw error
      return null
    })
    const item = data === null ? null : decodeItem(data)
    if (item && this.#isLive(item))
      return { count: Number(item.value), resetsInMs: item.expiresAt - this.#options.now() }
    const opened = await this.#replaceExpired(server, name, encodeCounter(1, this.#endOf(window)), window)
    return opened === true ? { count: 1, resetsInMs: window } : null
  }

  /**
   * Stores data where there is none, or where it has expired by the clock of the gateway. False: there is a
   * live item; null: another caller has just stored or removed one.
   */
  async #replaceExpired(
    server: MemcachedServer,
    name: string,
    data: string,
    ttl: number,
  ): Promise<boolean | null> {
    if (await server.store('add', name, data, this.#keep(ttl))) return true
    const found = await server.find(name)
    if (!found) return null
    if (this.#isLive(decodeItem(found.data))) return false
    return (await server.store('cas', name, data, { ...this.#keep(ttl), cas: found.cas })) || null
  }

  #isLive({ expiresAt }: DecodedItem): boolean {
    return expiresAt > this.#options.now()
  }

  #endOf(ttl: number): number {
    return this.#options.now() + ttl
  }

  #keep(ttl: number): { readonly expiration: number } {
    return { expiration: toExpirationTime(ttl, this.#options.now()) }
  }

  #toName(key: string): string {
    return encodeKey(this.#options.config.prefix, key)
  }
}

/** Repeats a step until it returns a result; null: another caller has overtaken it. */
async function attempt<T>(step: () => Promise<T | null>): Promise<T> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    const result = await step()
    if (result !== null) return result
  }
  throw new Error(`overtaken ${MAX_ATTEMPTS} times`)
}

/** Writes, reads and deletes an item of its own. */
async function probe(server: MemcachedServer, name: string): Promise<void> {
  if (!(await server.store('set', name, '0', { expiration: PROBE_SECONDS }))) throw new Error('not stored')
  await server.find(name)
  await server.delete(name)
}
