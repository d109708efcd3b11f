import { seal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import { KeyError, newSigningJwk, type PrivateJwk, type SigningAlgorithm } from '../../core/token-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ManagedKey, SigningKeys } from '../../ports/signing-keys.ts'

/** Dependencies of the sealed keys. */
export interface SealedKeyDependencies {
  readonly keys: SigningKeys
  readonly algorithm: SigningAlgorithm
  /** Keys that open sealed keys; the first one seals. */
  readonly sealingKeys: SealingKeys
  readonly random: Random
  readonly now: Clock
}

/** Creates private signing keys, sealed, in the database, and opens them. */
export class SealedKeys {
  readonly #deps: SealedKeyDependencies

  constructor(deps: SealedKeyDependencies) {
    this.#deps = deps
  }

  /** Adds a new key after the key `follows`. False when another node has added one. */
  async add(follows: string, signsFrom: number): Promise<boolean> {
    const { keys, algorithm, now } = this.#deps
    const jwk = await newSigningJwk(algorithm)
    const sealed = this.#seal(jwk.kid, JSON.stringify(jwk))
    const times = { createdAt: new Date(now()), signsFrom: new Date(signsFrom) }
    return keys.add({ kid: jwk.kid, algorithm, sealed, follows, ...times })
  }

  /** Opens a key. A key that was sealed under an earlier secret is sealed again. Throws `KeyError`. */
  async open({ kid, sealed }: ManagedKey): Promise<PrivateJwk> {
    const { keys, sealingKeys } = this.#deps
    const opened = unsealByAny(sealingKeys, sealed, toSealingContext(kid))
    if (!opened)
      throw new KeyError('The signing keys in the database were sealed under another GATEWAY_SECRET.')
    if (opened.index > 0) await keys.reseal(kid, sealed, this.#seal(kid, opened.text))
    return JSON.parse(opened.text) as PrivateJwk
  }

  #seal(kid: string, text: string): string {
    const { sealingKeys, random } = this.#deps
    return seal(sealingKeys[0], text, toSealingContext(kid), random)
  }
}

/** Whether one of the sealing keys opens a signing key. */
export function canOpenKey({ kid, sealed }: ManagedKey, sealingKeys: SealingKeys): boolean {
  return unsealByAny(sealingKeys, sealed, toSealingContext(kid)) !== null
}

function toSealingContext(kid: string): string {
  return `signing-key/${kid}`
}
