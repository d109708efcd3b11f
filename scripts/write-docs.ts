import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { z } from 'zod'
import { SETTINGS } from '../src/config/settings.ts'

const root = resolve(import.meta.dirname, '..')

interface Described {
  readonly name: string
  readonly doc: string
  /** As it is written in the environment; empty where there is none. */
  readonly fallback: string
}

function describeSettings(): Described[] {
  return Object.entries(SETTINGS).map(([name, { type, doc }]: [string, { type: z.ZodType; doc: string }]) => {
    const parsed = type.safeParse(undefined)
    const value = parsed.success ? parsed.data : undefined
    return {
      name,
      doc,
      fallback: typeof value === 'string' || typeof value === 'number' ? String(value) : '',
    }
  })
}

/** Text of `docs/configuration.md`. */
export function configurationPage(): string {
  const rows = describeSettings().map(
    ({ name, doc, fallback }) => `| \`${name}\` | ${fallback ? `\`${fallback}\`` : ''} | ${doc} |`,
  )
  return `# Settings

Written by \`npm run generate\` from \`src/config/settings.ts\`. Every setting is an environment variable; each can also be given as
\`NAME_FILE\`, the path of a file that holds the value (not both). At start all problems are reported together, by name and by
what is expected, and the process ends with status 78.

| Variable | Default | Meaning |
| --- | --- | --- |
${rows.join('\n')}
`
}

/** Text of \`.env.example\`. */
export function environmentExample(): string {
  const entries = describeSettings().map(
    ({ name, doc, fallback }) => `# ${doc.replaceAll('\`', '')}\n#${name}=${fallback}`,
  )
  return `# Settings of the gateway, written by \`npm run generate\`. Copy to .env and start with: node --env-file=.env dist/main.js\n\n${entries.join('\n\n')}\n`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(root, 'docs/configuration.md'), configurationPage())
  writeFileSync(join(root, '.env.example'), environmentExample())
}
