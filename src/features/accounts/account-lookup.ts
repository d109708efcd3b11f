import { parseEmail } from '../../core/email-address.ts'
import { parsePhone } from '../../core/phone.ts'
import type { User, Users } from '../../ports/users.ts'

/** An operator named an account or a role that does not exist. The message is a sentence for the operator. */
export class AdministrationError extends Error {
  override readonly name = 'AdministrationError'
}

/**
 * The account that an operator names: by e-mail address, by phone number or by id. Throws an
 * `AdministrationError` when there is none, or when the text is a contact of one account and the id of
 * another.
 */
export async function findAccount(users: Users, name: string): Promise<User> {
  const { kind, contact } = parseName(name)
  const byContact = contact && (await users.findByContact(contact))
  const byId = await users.findById(name)
  if (byContact && byId && byContact.id !== byId.id)
    throw new AdministrationError(
      `${name} is the ${kind} of account ${byContact.id} and the id of another account. Use another contact.`,
    )
  const found = byContact ?? byId
  if (!found)
    throw new AdministrationError(contact ? `No account has the ${kind} ${name}.` : describeNone(name))
  return found
}

function parseName(name: string) {
  const email = parseEmail(name)
  if (email) return { kind: 'e-mail address', contact: { channel: 'EMAIL', address: email } } as const
  const phone = parsePhone(name)
  if (phone) return { kind: 'phone number', contact: { channel: 'SMS', address: phone } } as const
  return { kind: 'id', contact: null } as const
}

function describeNone(name: string): string {
  if (name.includes('@')) return `${name} is not an e-mail address.`
  if (/^[+\d\s()./-]+$/.test(name))
    return `${name} is not a phone number with its country code, such as +447400123456.`
  return `No account has the id ${name}.`
}
