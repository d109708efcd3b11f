import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { TOOLS } from '../install-tools.ts'

/** The root folder of the repository. */
export const ROOT = resolve(import.meta.dirname, '../..')
/**
 * Folder of the package that holds the validators of deploy/, 45 MB. Only scripts and tests of deploy/
 * install it.
 */
export const DEPLOY_TOOLS = join(TOOLS, 'deploy')

/**
 * Loads a package of tools/deploy, which must be installed. `Module`: the part of it that the caller uses.
 */
export function requireTool<Module>(name: string): Module {
  return createRequire(join(DEPLOY_TOOLS, 'package.json'))(name) as Module
}
