import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseStages, type Instruction, type Stage } from './check-dockerfile.ts'
import { ROOT } from './tools.ts'

/** The Dockerfile of the gateway. */
export const DOCKERFILE = join(ROOT, 'deploy/Dockerfile')
/** Working directory of every stage. */
const WORKDIR = '/app'

/** Where the files of an image were put. */
export interface StagedImage {
  /** Folder with the content of the working directory of the image. */
  readonly app: string
  /** Sizes by what was copied, in the order of the Dockerfile. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
}

/**
 * Carries out the Dockerfile without a container engine, as far as it decides what is in the image: the stage
 * `dependencies` with its commands, and the COPY instructions of the last stage. The stage `build` stands for
 * the repository, whose dist/ must be built. `folder`: an empty folder.
 */
export function stageImage(folder: string): StagedImage {
  const stages = parseStages(readFileSync(DOCKERFILE, 'utf8'))
  const dependencies = join(folder, 'dependencies')
  runStage(findStage(stages, 'dependencies'), dependencies)
  const app = join(folder, 'app')
  mkdirSync(app, { recursive: true })
  const sources: Readonly<Record<string, string>> = { build: ROOT, dependencies }
  const copies = (stages.at(-1)?.instructions ?? []).filter(({ keyword }) => keyword === 'COPY')
  const names = copies.flatMap((copy) => carryOut(copy, sources, app))
  return { app, parts: names.map((name) => ({ name, bytes: measureBytes(join(app, name)) })) }
}

function findStage(stages: readonly Stage[], name: string): Stage {
  const stage = stages.find((each) => each.name === name)
  if (!stage) throw new Error(`the Dockerfile has no stage ${name}`)
  return stage
}

/** Runs the COPY and RUN instructions of a stage in a folder. */
function runStage({ instructions }: Stage, folder: string): void {
  mkdirSync(folder)
  for (const { keyword, args, text } of instructions) {
    if (keyword === 'COPY')
      for (const source of args.slice(0, -1)) cpSync(join(ROOT, source), join(folder, basename(source)))
    else if (keyword === 'RUN')
      execFileSync('sh', ['-c', text], {
        cwd: folder,
        env: { ...process.env, npm_config_prefer_offline: 'true' },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
  }
}

/** Copies what a COPY instruction names, and returns the names of the copies. */
function carryOut(copy: Instruction, sources: Readonly<Record<string, string>>, app: string): string[] {
  const from = sources[copy.flags['from'] ?? '']
  if (from === undefined) throw new Error(`COPY from an unknown stage: ${copy.text}`)
  const target = copy.args.at(-1) ?? ''
  return copy.args.slice(0, -1).map((source) => {
    const path = join(from, source.slice(WORKDIR.length))
    const name = join(target, target.endsWith('/') ? basename(path) : '')
    mkdirSync(join(app, name, '..'), { recursive: true })
    if (from === ROOT) cpSync(path, join(app, name), { recursive: true })
    else renameSync(path, join(app, name))
    return name
  })
}

/** Bytes of all files below a path, or of one file, as a layer stores them. */
export function measureBytes(path: string): number {
  const entry = lstatSync(path)
  if (!entry.isDirectory()) return entry.size
  return readdirSync(path).reduce((sum, name) => sum + measureBytes(join(path, name)), 0)
}

/** Packages of a staged image by their path below it, with their version. */
export function listPackages(app: string): ReadonlyMap<string, string> {
  const { packages } = JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>
  }
  const present = Object.entries(packages).filter(([path]) => existsSync(join(app, path)))
  return new Map(present.map(([path, { version }]) => [path, version]))
}
