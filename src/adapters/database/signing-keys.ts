import type { SigningKeys } from '../../ports/signing-keys.ts'
import type { Database } from './database.ts'
import { parseConstraint } from './failures.ts'

/** Signing keys in SQL. */
export function createSigningKeys({ run }: Database): SigningKeys {
  return {
    list: (algorithm) =>
      run((prisma) =>
        prisma.signingKey.findMany({
          where: { algorithm },
          orderBy: [{ signsFrom: 'asc' }, { createdAt: 'asc' }],
        }),
      ),

    async add(key) {
      try {
        await run((prisma) => prisma.signingKey.create({ data: key }))
        return true
      } catch (error) {
        if (parseConstraint(error)?.kind === 'unique') return false
        throw error
      }
    },

    async reseal(kid, previous, next) {
      await run((prisma) =>
        prisma.signingKey.updateMany({
          where: { kid: { equals: kid }, sealed: previous },
          data: { sealed: next },
        }),
      )
    },

    async signEarlier(kid, signsFrom) {
      await run((prisma) =>
        prisma.signingKey.updateMany({
          where: { kid: { equals: kid }, signsFrom: { gt: signsFrom } },
          data: { signsFrom },
        }),
      )
    },

    async remove(kid) {
      return (
        (await run((prisma) => prisma.signingKey.deleteMany({ where: { kid: { equals: kid } } }))).count === 1
      )
    },
  }
}
