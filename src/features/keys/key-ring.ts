import { MINUTE_MS, SECOND_MS } from '../../core/duration.ts'
import { KeyError, buildPrivateKeySet, type KeySet, type KeySource } from '../../core/token-keys.ts'
import type { Logger } from '../../ports/logger.ts'
import type { ManagedKey } from '../../ports/signing-keys.ts'
import { SealedKeys, type SealedKeyDependencies } from './sealed-keys.ts'

/** Dependencies of the key ring. */
export interface KeyRingDependencies extends SealedKeyDependencies {
  /** Age at which the newest key is followed by the next, in milliseconds; 0: never. */
  readonly rotationMs: number
  /**
   * How long a key verifies after the next one has started to sign, in milliseconds: longer than any of its
   * tokens is valid.
   */
  readonly overlapMs: number
  readonly log: Logger
}

/** The status of a key for operators. */
export interface KeyStatus {
  readonly kid: string
  readonly algorithm: string
  readonly createdAt: Date
  readonly signsFrom: Date
  /**
   * `next`: published, does not sign yet. `signing`. `retiring`: verifies its tokens until the overlap ends.
   */
  readonly state: 'next' | 'signing' | 'retiring'
}

/**
 * How long a new key is published before it signs, in milliseconds: twice as long as other services may cache
 * the key set, and many times as long as nodes need to read it.
 */
export const PUBLISHED_BEFORE_MS = 10 * MINUTE_MS
/** How often each node polls for changes, in milliseconds. */
export const POLL_INTERVAL_MS = 30 * SECOND_MS
/** Minimum time between two reads that tokens with an unknown `kid` cause, in milliseconds. */
const MIN_READ_INTERVAL_MS = 500

/**
 * The signing keys of all nodes, sealed in the database. Each key holds its own schedule: it is published at
 * once and signs from a later time, so that no node or other service receives a token whose key it cannot
 * know.
 */
export class KeyRing implements KeySource {
  readonly #deps: KeyRingDependencies
  readonly #sealedKeys: SealedKeys
  #managed: readonly ManagedKey[] = []
  #current: KeySet | undefined
  /** The ids of the keys in `#current`, the signing one first. */
  #currentIds = ''
  #readAt = -Infinity
  #reading: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(deps: KeyRingDependencies) {
    this.#deps = deps
    this.#sealedKeys = new SealedKeys(deps)
  }

  /** Reads the keys, creates the first one if there is none, and polls for changes until `close`. */
  async open(): Promise<void> {
    await this.#read()
    this.#timer = setInterval(() => void this.#tryRead(), POLL_INTERVAL_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  current(): KeySet {
    if (!this.#current) throw new Error('the key ring is not open')
    return this.#current
  }

  async refresh(): Promise<KeySet> {
    if (performance.now() - this.#readAt >= MIN_READ_INTERVAL_MS) await this.#tryRead()
    return this.current()
  }

  /** Every key, oldest first. */
  list(): KeyStatus[] {
    const signing = this.#findSigningKey()
    return this.#managed.map(({ kid, algorithm, createdAt, signsFrom }) => {
      const isNext = signsFrom.getTime() > signing.signsFrom.getTime()
      const state = kid === signing.kid ? 'signing' : isNext ? 'next' : 'retiring'
      return { kid, algorithm, createdAt, signsFrom, state }
    })
  }

  /**
   * Adds the next key, which signs after the time of publication, or at once. Returns its `kid`, or the `kid`
   * of a next key that exists already.
   */
  async rotate(atOnce: boolean): Promise<string> {
    const { keys, algorithm, now } = this.#deps
    await this.#read()
    const newest = this.#managed.at(-1)
    if (!newest || newest.kid === this.#findSigningKey().kid)
      await this.#sealedKeys.add(newest?.kid ?? algorithm, now() + (atOnce ? 0 : PUBLISHED_BEFORE_MS))
    else if (atOnce) await keys.signEarlier(newest.kid, new Date(now()))
    await this.#read()
    return this.#managed.at(-1)?.kid ?? ''
  }

  /**
   * Removes a key that does not sign, which makes its tokens invalid. False when there is no such key. Throws
   * `KeyError` for the signing key.
   */
  async retire(kid: string): Promise<boolean> {
    await this.#read()
    if (kid === this.#findSigningKey().kid)
      throw new KeyError('The signing key cannot be retired. Rotate at once first.')
    const isRemoved = await this.#deps.keys.remove(kid)
    await this.#read()
    return isRemoved
  }

  /** One read at a time: concurrent callers share it. */
  #read(): Promise<void> {
    this.#reading ??= this.#readKeys().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  /** While the database fails, the keys that were read before stay in use. */
  async #tryRead(): Promise<void> {
    try {
      await this.#read()
    } catch (err) {
      this.#deps.log.warn({ event: 'keys.read_failed', err }, 'could not read the signing keys')
    }
  }

  async #readKeys(): Promise<void> {
    const { keys, algorithm, now } = this.#deps
    this.#readAt = performance.now()
    let managed = await keys.list(algorithm)
    if (managed.length === 0) {
      await this.#sealedKeys.add(algorithm, now())
      managed = await keys.list(algorithm)
    }
    this.#managed = managed
    await this.#applySchedule()
    await this.#openKeys()
  }

  /** Adds the next key when the newest one is old, and removes keys whose last token has expired. */
  async #applySchedule(): Promise<void> {
    const { keys, algorithm, rotationMs, overlapMs, now, log } = this.#deps
    const newest = this.#managed.at(-1)
    const isOld = newest && rotationMs > 0 && now() - newest.createdAt.getTime() > rotationMs
    if (isOld && (await this.#sealedKeys.add(newest.kid, now() + PUBLISHED_BEFORE_MS)))
      log.info({ event: 'keys.rotated', follows: newest.kid }, 'published the next signing key')
    for (const [index, key] of this.#managed.entries()) {
      const next = this.#managed[index + 1]
      if (next && now() - next.signsFrom.getTime() > overlapMs) await keys.remove(key.kid)
    }
    this.#managed = await keys.list(algorithm)
  }

  /** Opens the keys, unless the same ones are open. */
  async #openKeys(): Promise<void> {
    const signing = this.#findSigningKey()
    const ids = [signing.kid, ...this.#managed.map(({ kid }) => kid)].join()
    if (ids === this.#currentIds) return
    const others = this.#managed.filter(({ kid }) => kid !== signing.kid)
    const jwks = await Promise.all([signing, ...others].map((key) => this.#sealedKeys.open(key)))
    this.#current = await buildPrivateKeySet(this.#deps.algorithm, jwks)
    this.#currentIds = ids
  }

  /** The latest key whose time to sign has come. */
  #findSigningKey(): ManagedKey {
    const at = this.#deps.now()
    const [first] = this.#managed
    const signing = this.#managed.findLast(({ signsFrom }) => signsFrom.getTime() <= at) ?? first
    if (!signing) throw new KeyError('There is no signing key.')
    return signing
  }
}
