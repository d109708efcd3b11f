import { seal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import {
  KeyError,
  newSigningJwk,
  buildPrivateKeySet,
  type KeySet,
  type KeySource,
  type PrivateJwk,
  type SigningAlgorithm,
} from '../../core/token-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { ManagedKey, SigningKeys } from '../../ports/signing-keys.ts'

/** What the key ring needs. */
export interface KeyRingDependencies {
  readonly keys: SigningKeys
  readonly algorithm: SigningAlgorithm
  /** Keys that open what is sealed; the first one seals. */
  readonly sealingKeys: SealingKeys
  /** Age at which the newest key is followed by another, in milliseconds; 0: never. */
  readonly rotationMs: number
  /** How long a key goes on verifying after the next one began to sign: more than the life of any token of it. */
  readonly overlapMs: number
  readonly random: Random
  readonly now: Clock
  readonly log: Logger
}

/** A key as operators see it. */
export interface KeyStatus {
  readonly kid: string
  readonly algorithm: string
  readonly createdAt: Date
  readonly signsFrom: Date
  /** `next`: published, not yet signing. `signing`. `retiring`: verifies what it signed, until the overlap is over. */
  readonly state: 'next' | 'signing' | 'retiring'
}

/**
 * How long a new key is published before it signs, in milliseconds: twice as long as other services may cache the key set,
 * and many times as long as nodes take to see it.
 */
export const PUBLISHED_BEFORE_MS = 10 * 60_000
/** How often each node looks for changes, in milliseconds. */
export const POLL_INTERVAL_MS = 30_000
/** Shortest time between two looks that tokens with an unknown `kid` can cause, in milliseconds. */
const LOOK_AT_MOST_EVERY_MS = 500

/**
 * The signing keys of all nodes, kept sealed in SQL. Rotation is a schedule written into the key itself: it is published at
 * once and signs from a time that lies ahead, so no node and no other service ever meets a token whose key it cannot know.
 */
export class KeyRing implements KeySource {
  readonly #deps: KeyRingDependencies
  #kept: readonly ManagedKey[] = []
  #current: KeySet | undefined
  #shape = ''
  #lookedAt = -Infinity
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(deps: KeyRingDependencies) {
    this.#deps = deps
  }

  /** Reads the keys, makes the first where there is none, and keeps looking for changes until `close`. */
  async open(): Promise<void> {
    await this.#look()
    this.#timer = setInterval(() => void this.#lookQuietly(), POLL_INTERVAL_MS)
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
    if (performance.now() - this.#lookedAt >= LOOK_AT_MOST_EVERY_MS) await this.#lookQuietly()
    return this.current()
  }

  /** Every key, oldest first. */
  list(): KeyStatus[] {
    const signing = this.#signingKey()
    return this.#kept.map(({ kid, algorithm, createdAt, signsFrom }) => {
      const ahead = signsFrom.getTime() > signing.signsFrom.getTime()
      const state = kid === signing.kid ? 'signing' : ahead ? 'next' : 'retiring'
      return { kid, algorithm, createdAt, signsFrom, state }
    })
  }

  /** Adds the next key, which signs after the time of publication, or at once. Its `kid`; the one under way, if there is one. */
  async rotate(atOnce: boolean): Promise<string> {
    const { keys, now } = this.#deps
    await this.#look()
    const newest = this.#kept.at(-1)
    if (!newest || newest.kid === this.#signingKey().kid)
      await this.#add(newest?.kid ?? this.#deps.algorithm, now() + (atOnce ? 0 : PUBLISHED_BEFORE_MS))
    else if (atOnce) await keys.signEarlier(newest.kid, new Date(now()))
    await this.#look()
    return this.#kept.at(-1)?.kid ?? ''
  }

  /** Destroys a key that does not sign: its tokens end with it. False when there is none. Throws `KeyError` for the one that signs. */
  async retire(kid: string): Promise<boolean> {
    await this.#look()
    if (kid === this.#signingKey().kid)
      throw new KeyError('This key signs: rotate at once first, then retire it.')
    const removed = await this.#deps.keys.remove(kid)
    await this.#look()
    return removed
  }

  /** One look at a time; whoever asks meanwhile gets the same one. */
  #look(): Promise<void> {
    this.#looking ??= this.#readKeys().finally(() => (this.#looking = undefined))
    return this.#looking
  }

  /** The keys known so far go on serving when the database does not answer. */
  async #lookQuietly(): Promise<void> {
    try {
      await this.#look()
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'the signing keys could not be read again')
    }
  }

  async #readKeys(): Promise<void> {
    const { keys, algorithm, now } = this.#deps
    this.#lookedAt = performance.now()
    let kept = await keys.list(algorithm)
    if (kept.length === 0) {
      await this.#add(algorithm, now())
      kept = await keys.list(algorithm)
    }
    this.#kept = kept
    await this.#keepSchedule()
    await this.#take()
  }

  /** Follows an old key by the next, and destroys those whose last token has ended. */
  async #keepSchedule(): Promise<void> {
    const { keys, algorithm, rotationMs, overlapMs, now, log } = this.#deps
    const newest = this.#kept.at(-1)
    const isOld = newest && rotationMs > 0 && now() - newest.createdAt.getTime() > rotationMs
    if (isOld && (await this.#add(newest.kid, now() + PUBLISHED_BEFORE_MS)))
      log.info({ follows: newest.kid }, 'the signing key is old: the next one is published')
    for (const [index, key] of this.#kept.entries()) {
      const next = this.#kept[index + 1]
      if (next && now() - next.signsFrom.getTime() > overlapMs) await keys.remove(key.kid)
    }
    this.#kept = await keys.list(algorithm)
  }

  /** Puts what is kept into force, if it is another than before. */
  async #take(): Promise<void> {
    const { algorithm } = this.#deps
    const signing = this.#signingKey()
    const shape = [signing.kid, ...this.#kept.map(({ kid }) => kid)].join()
    if (shape === this.#shape) return
    const others = this.#kept.filter(({ kid }) => kid !== signing.kid)
    const jwks = await Promise.all([signing, ...others].map((key) => this.#open(key)))
    this.#current = await buildPrivateKeySet(algorithm, jwks)
    this.#shape = shape
  }

  /** The latest whose time has come. */
  #signingKey(): ManagedKey {
    const at = this.#deps.now()
    const [first] = this.#kept
    const signing = this.#kept.findLast(({ signsFrom }) => signsFrom.getTime() <= at) ?? first
    if (!signing) throw new KeyError('There is no signing key.')
    return signing
  }

  async #add(follows: string, signsFrom: number): Promise<boolean> {
    const { keys, algorithm, sealingKeys, random, now } = this.#deps
    const jwk = await newSigningJwk(algorithm)
    const sealed = seal(sealingKeys[0], JSON.stringify(jwk), placeOf(jwk.kid), random)
    const times = { createdAt: new Date(now()), signsFrom: new Date(signsFrom) }
    return keys.add({ kid: jwk.kid, algorithm, sealed, follows, ...times })
  }

  /** The private key; one that was sealed under an earlier secret is sealed anew. */
  async #open({ kid, sealed }: ManagedKey): Promise<PrivateJwk> {
    const { keys, sealingKeys, random } = this.#deps
    const opened = unsealByAny(sealingKeys, sealed, placeOf(kid))
    if (!opened)
      throw new KeyError('The signing keys in the database were sealed under another GATEWAY_SECRET.')
    const { text, index } = opened
    if (index > 0) await keys.reseal(kid, sealed, seal(sealingKeys[0], text, placeOf(kid), random))
    return JSON.parse(text) as PrivateJwk
  }
}

function placeOf(kid: string): string {
  return `signing-key/${kid}`
}
