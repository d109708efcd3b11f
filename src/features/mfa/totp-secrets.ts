import { seal, unseal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { SecondFactors } from '../../ports/second-factors.ts'

/** Dependencies of the sealed secrets. */
export interface TotpSecretDependencies {
  readonly factors: SecondFactors
  readonly random: Random
  readonly sealingKeys: SealingKeys
}

/** Rows that are read at a time to be sealed again. */
const BATCH_SIZE = 500

/**
 * Seals the secrets of authenticator apps, each for its account: a secret moved to another row cannot be
 * opened.
 */
export class TotpSecrets {
  readonly #deps: TotpSecretDependencies

  constructor(deps: TotpSecretDependencies) {
    this.#deps = deps
  }

  /** Seals the secret under the first key; the text differs each time. */
  seal(userId: string, secret: string): string {
    const { sealingKeys, random } = this.#deps
    return seal(sealingKeys[0], secret, toSealingContext(userId), random)
  }

  /** Opens a sealed secret. Throws when none of the configured keys opens it. */
  open(userId: string, sealed: string): string {
    const opened = unsealByAny(this.#deps.sealingKeys, sealed, toSealingContext(userId))
    if (!opened) throw new Error('an authenticator secret was sealed under another GATEWAY_SECRET')
    return opened.text
  }

  /**
   * Seals under the first key every secret that another key sealed, so that the other keys can be removed,
   * and returns how many. Secrets in use are sealed again by themselves; a secret that changes meanwhile is
   * left unchanged.
   */
  async resealAll(): Promise<number> {
    const { factors, sealingKeys } = this.#deps
    let count = 0
    for (let after = ''; ;) {
      const rows = await factors.listSealed(after, BATCH_SIZE)
      const outdated = rows.filter(
        ({ userId, sealed }) => !unseal(sealingKeys[0], sealed, toSealingContext(userId)),
      )
      for (const { userId, sealed } of outdated)
        await factors.reseal(userId, sealed, this.seal(userId, this.open(userId, sealed)))
      count += outdated.length
      const last = rows.at(-1)
      if (!last || rows.length < BATCH_SIZE) return count
      after = last.userId
    }
  }
}

function toSealingContext(userId: string): string {
  return `totp/${userId}`
}
