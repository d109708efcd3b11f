import { CHANNEL_NAMES, type Channel } from '../../core/channel.ts'
import { Prisma } from '../../generated/sqlite/client.ts'

/** The columns that hold a contact of an account and the time of its verification. */
interface ContactColumns {
  readonly address: Prisma.Sql
  readonly verifiedAt: Prisma.Sql
}

/** The columns of each channel. */
export const CONTACT_COLUMNS: { readonly [Kind in Channel]: ContactColumns } = {
  EMAIL: { address: Prisma.sql`email`, verifiedAt: Prisma.sql`email_verified_at` },
  SMS: { address: Prisma.sql`phone`, verifiedAt: Prisma.sql`phone_verified_at` },
}

/** SQL assignments that mark the contact of a channel as verified; none for null. */
export function markVerified(proves: Channel | null, now: Date): Prisma.Sql {
  const assignments = CHANNEL_NAMES.map((channel) => {
    const { verifiedAt } = CONTACT_COLUMNS[channel]
    return Prisma.sql`${verifiedAt} = CASE WHEN ${proves === channel} = TRUE THEN COALESCE(${verifiedAt}, ${now}) ELSE ${verifiedAt} END`
  })
  return Prisma.join(assignments, ', ')
}
