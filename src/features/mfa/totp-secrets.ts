import { seal, unseal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { SecondFactors } from '../../ports/second-factors.ts'

/** What keeping secrets needs. */
export interface TotpSecretDependencies {
  readonly factors: SecondFactors
  readonly random: Random
  readonly sealingKeys: SealingKeys
}

/** Rows that are sealed anew in one go. */
const BATCH = 500

/** Seals the secrets of authenticator apps, each for its account: moved to another row it does not open. */
export class TotpSecrets {
  readonly #deps: TotpSecretDependencies

  constructor(deps: TotpSecretDependencies) {
    this.#deps = deps
  }

  /** The secret sealed under the first key: another text each time. */
  seal(userId: string, secret: string): string {
    const { sealingKeys, random } = this.#deps
    return seal(sealingKeys[0], secret, placeOf(userId), random)
  }

  /** The secret of a sealed text. One that no key opens is a mistake of the settings, and refuses whoever asks. */
  open(userId: string, sealed: string): string {
    const opened = unsealByAny(this.#deps.sealingKeys, sealed, placeOf(userId))
    if (!opened) throw new Error('an authenticator secret was sealed under another GATEWAY_SECRET')
    return opened.text
  }

  /**
   * Seals under the first key what another one opened, so that the others can be taken away; how many. Those in use move by
   * themselves; nothing is changed that changes meanwhile.
   */
  async resealAll(): Promise<number> {
    const { factors, sealingKeys } = this.#deps
    let count = 0
    for (let after = ''; ;) {
      const rows = await factors.listSealed(after, BATCH)
      const old = rows.filter(({ userId, sealed }) => !unseal(sealingKeys[0], sealed, placeOf(userId)))
      for (const { userId, sealed } of old)
        await factors.reseal(userId, sealed, this.seal(userId, this.open(userId, sealed)))
      count += old.length
      const last = rows.at(-1)
      if (!last || rows.length < BATCH) return count
      after = last.userId
    }
  }
}

function placeOf(userId: string): string {
  return `totp/${userId}`
}
