import { seal, unseal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { AccountChanges, SealedChange } from '../../ports/account-changes.ts'
import type { SecondFactors } from '../../ports/second-factors.ts'

/** Dependencies of the sealed secrets. */
export interface TotpSecretDependencies {
  readonly factors: SecondFactors
  readonly accountChanges: AccountChanges
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
   * Seals under the first key every secret that another key sealed, also of changes that can be undone, so
   * that the other keys can be removed, and returns how many. Secrets in use are sealed again by themselves;
   * a secret that changes meanwhile is left unchanged.
   */
  async resealAll(): Promise<number> {
    const { factors, accountChanges } = this.#deps
    const ofFactors = await this.#resealPages(
      async (after) =>
        (await factors.listSealed(after, BATCH_SIZE)).map((row) => ({ ...row, id: row.userId })),
      (userId, previous, next) => factors.reseal(userId, previous, next),
    )
    const ofChanges = await this.#resealPages(
      (after) => accountChanges.listSealed(after, BATCH_SIZE),
      (id, previous, next) => accountChanges.reseal(id, previous, next),
    )
    return ofFactors + ofChanges
  }

  async #resealPages(
    list: (after: string) => Promise<readonly SealedChange[]>,
    reseal: (id: string, previous: string, next: string) => Promise<void>,
  ): Promise<number> {
    const [newest] = this.#deps.sealingKeys
    let count = 0
    for (let after = ''; ;) {
      const rows = await list(after)
      const outdated = rows.filter(({ userId, sealed }) => !unseal(newest, sealed, toSealingContext(userId)))
      for (const { id, userId, sealed } of outdated)
        await reseal(id, sealed, this.seal(userId, this.open(userId, sealed)))
      count += outdated.length
      const last = rows.at(-1)
      if (!last || rows.length < BATCH_SIZE) return count
      after = last.id
    }
  }
}

function toSealingContext(userId: string): string {
  return `totp/${userId}`
}
