let loading: Promise<ReadonlySet<string>> | undefined

/**
 * Some 54,000 passwords that were found in leaks or are plain words, in lower case, from files that came with the gateway.
 * They are unpacked at the first call (some 40 ms once, 7 MB), so that the start does not pay for them.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  return (loading ??= load())
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(Object.values(dictionary).flatMap((list) => list.map((word) => word.toLowerCase())))
}
