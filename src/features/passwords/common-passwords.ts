/** Loads the set of common passwords, in lower case; the set is loaded once per loader. */
export type LoadCommonPasswords = () => Promise<ReadonlySet<string>>

/**
 * Creates a loader of about 54,000 leaked passwords and plain words, which are part of the package. They are
 * unpacked at the first call (7 MB, some 40 ms), so that the start of the gateway does not wait for them.
 */
export function createCommonPasswordsLoader(): LoadCommonPasswords {
  let loading: Promise<ReadonlySet<string>> | undefined
  return () => (loading ??= loadCommonPasswords())
}

async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const passwords = new Set<string>()
  for (const list of Object.values(dictionary)) for (const word of list) passwords.add(word.toLowerCase())
  return passwords
}
