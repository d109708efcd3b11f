import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

// Rules of commit messages: Conventional Commits, a header of at most 72 characters, a known scope, the imperative.
// `npm run hooks` checks each commit as it is made; CI checks those of a pull request.

const root = resolve(import.meta.dirname, '..')

/** Scopes that are neither a folder of the sources nor a page of the docs. */
const FIXED_SCOPES = [
  // Folders of the repository.
  ...['bench', 'client', 'clients', 'prisma', 'schema', 'scripts', 'tests', 'tools'],
  // Folders of the tests.
  ...['process', 'support'],
  // How the project is built, shown, attacked and released.
  ...['attack', 'ci', 'demo', 'deps', 'deps-dev', 'lint', 'readme', 'release', 'repo'],
]

/** Each room of the sources, each feature, each kind of adapter, each page of the docs. */
function foundScopes() {
  const folders = ['src', 'src/features', 'src/adapters'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
      .map(({ name }) => name),
  )
  const pages = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => name.slice(0, -'.md'.length))
  return [...folders, ...pages]
}

/** A subject that starts as a report or a noun phrase does, not as an order. */
const NOT_IMPERATIVE = /^(?:an?|the|this|these|each|every|no|only|what|where|who|\w+(?:ing|[^s]s|ed))\b/i
/** Verbs in the imperative that look like another form. */
const IMPERATIVE = /^(?:bring|embed|exceed|feed|focus|need|ping|proceed|seed|shed|speed|string)\b/i

export default {
  extends: ['@commitlint/config-conventional'],
  plugins: [
    {
      rules: {
        'subject-imperative': ({ subject }) => [
          subject === null || IMPERATIVE.test(subject) || !NOT_IMPERATIVE.test(subject),
          'subject must be in the imperative: "add", not "adds", "added" or "a new"',
        ],
      },
    },
  ],
  rules: {
    'header-max-length': [2, 'always', 72],
    'scope-enum': [2, 'always', [...new Set([...FIXED_SCOPES, ...foundScopes()])].sort()],
    'subject-imperative': [2, 'always'],
    // URLs and tables do not wrap.
    'body-max-line-length': [0],
    'footer-max-line-length': [0],
  },
}
