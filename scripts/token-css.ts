import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { renderTokenCss } from '../src/core/design-tokens.ts'

const target = join(resolve(import.meta.dirname, '..'), 'web/src/styles/tokens.css')

/** Text of `web/src/styles/tokens.css`. */
export function tokenStyleSheet(): string {
  return `/* Written by \`npm run generate\` from src/core/design-tokens.ts. Do not edit. */\n${renderTokenCss()}`
}

if (process.argv[1] === import.meta.filename) writeFileSync(target, tokenStyleSheet())
