import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools } from '../install-tools.ts'
import { DOCKERFILE, listPackages, stageImage, type StagedImage } from './stage-image.ts'
import { DEPLOY_TOOLS } from './tools.ts'

// `npm run deploy:size`: what deploy/Dockerfile copies into the image, in megabytes.

/** Most bytes that the Dockerfile may copy. */
export const MAX_IMAGE_BYTES = 250_000_000

/** The sum of what the Dockerfile copies, in bytes. */
export function sumParts({ parts }: Pick<StagedImage, 'parts'>): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Text of megabytes, for a column. */
function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1).padStart(7)} MB`
}

async function main(): Promise<void> {
  await installTools(DEPLOY_TOOLS)
  const folder = mkdtempSync(join(tmpdir(), 'gateway-image-'))
  try {
    const image = stageImage(folder)
    for (const { name, bytes } of image.parts) console.log(`${formatMegabytes(bytes)}  ${name}`)
    const total = sumParts(image)
    console.log(
      `${formatMegabytes(total)}  copied by deploy/Dockerfile, at most ${MAX_IMAGE_BYTES / 1e6} MB; ${listPackages(image.app).size} packages`,
    )
    const [, base = ''] = /^ARG NODE_IMAGE=(.+)$/m.exec(readFileSync(DOCKERFILE, 'utf8')) ?? []
    console.log(`The base is not counted: ${base}, Debian slim with Node.js.`)
    if (total > MAX_IMAGE_BYTES) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) await main()
