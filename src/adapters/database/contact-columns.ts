import { CHANNEL_NAMES, type Channel, type Contact } from '../../core/channel.ts'
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

/** SQL assignments that mark a contact of the account as verified; none for null. */
export function markVerified(contact: Contact | null, now: Date): Prisma.Sql {
  const assignments = CHANNEL_NAMES.map((channel) => {
    const { verifiedAt } = CONTACT_COLUMNS[channel]
    return Prisma.sql`${verifiedAt} = CASE WHEN ${contact?.channel === channel} = TRUE THEN COALESCE(${verifiedAt}, ${now}) ELSE ${verifiedAt} END`
  })
  return Prisma.join(assignments, ', ')
}

/** Whether the account has the contact; always true for null. */
export function hasContact(contact: Contact | null): Prisma.Sql {
  if (!contact) return Prisma.sql`TRUE`
  return Prisma.sql`${CONTACT_COLUMNS[contact.channel].address} = ${contact.address}`
}

/** Whether the account has a verified contact on another channel. */
export function hasOtherVerifiedContact(channel: Channel): Prisma.Sql {
  const others = CHANNEL_NAMES.filter((name) => name !== channel).map((name) => {
    const { address, verifiedAt } = CONTACT_COLUMNS[name]
    return Prisma.sql`(${address} IS NOT NULL AND ${verifiedAt} IS NOT NULL)`
  })
  return Prisma.sql`(${Prisma.join(others, ' OR ')})`
}

/**
 * SQL assignments for the row `u` that remove contacts of other channels than the proven one, if they were
 * verified since a time and after the proven one.
 */
export function removeAddedContacts(proves: Channel, since: Date): Prisma.Sql {
  const proven = CONTACT_COLUMNS[proves]
  const others = CHANNEL_NAMES.filter((channel) => channel !== proves).map((name) => CONTACT_COLUMNS[name])
  const assignments = others.flatMap(({ address, verifiedAt }) => {
    const wasAdded = Prisma.sql`u.${verifiedAt} >= ${since} AND u.${verifiedAt} > u.${proven.verifiedAt}`
    return [address, verifiedAt].map(
      (column) => Prisma.sql`${column} = CASE WHEN ${wasAdded} THEN NULL ELSE u.${column} END`,
    )
  })
  return Prisma.join(assignments, ', ')
}

/** Whether the account `u` had its present contact of a channel before a change in `account_changes`. */
export function hadContactBefore(channel: Channel): Prisma.Sql {
  const { address, verifiedAt } = CONTACT_COLUMNS[channel]
  return Prisma.sql`account_changes.${address} = u.${address} AND account_changes.${verifiedAt} IS NOT NULL`
}
