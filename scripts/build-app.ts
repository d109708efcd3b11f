import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { hashFiles } from './hash-files.ts'

const root = resolve(import.meta.dirname, '..')
const target = join(root, 'dist/app')
const stamp = join(target, '.built-from')
/** Everything that the build reads. */
const SOURCES = [
  ...['web/src', 'web/build', 'web/index.html', 'web/vite.config.ts', 'web/tsconfig.json', 'client/src'],
  ...['scripts/build-app.ts', 'package-lock.json'],
] as const

/**
 * Builds the app that the gateway serves at `/app`, unless it was built from the present sources. In a
 * process of its own: the settings of this one, such as `NODE_ENV=test` and `VITE_GATEWAY_URL`, are not the
 * app's.
 */
export function buildApp({ force }: { readonly force: boolean }): void {
  const sources = hashFiles(SOURCES)
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  process.stdout.write('Building the app …\n')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const args = ['build', '--outDir', target, '--emptyOutDir', '--logLevel', 'warn']
  const { PATH } = process.env
  execFileSync(process.execPath, [vite, ...args], {
    cwd: join(root, 'web'),
    env: { ...(PATH === undefined ? {} : { PATH }), NODE_ENV: 'production' },
    stdio: 'inherit',
  })
  writeFileSync(stamp, sources)
}
