import { commaSeparated } from '../setting-types.ts'
import { parseAddress, type ServerAddress } from './redis-connection.ts'

/** Addresses separated by commas; those without a port have the default one. */
export function serverList(defaultPort: number) {
  const expected = 'addresses such as 10.0.0.7:6379, db.example.com or [::1]:6379, separated by commas'
  return commaSeparated
    .transform((items, context): readonly ServerAddress[] => {
      const addresses = items.map((item) => parseAddress(item, defaultPort))
      const wrong = addresses.indexOf(null)
      // The entry is named by its number: messages never show a value.
      if (wrong >= 0) context.addIssue({ code: 'custom', message: `${expected}; entry ${wrong + 1} is none` })
      return addresses.filter((address) => address !== null)
    })
    .describe(`addresses (\`host:port\`) separated by commas`)
}
