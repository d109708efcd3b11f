import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Smallest file that is compressed, in bytes: smaller ones fit into one packet. */
const SMALLEST = 1024

/** Writes `.br` and `.gz` beside each script and style sheet, for servers that send files as they are. */
export function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    apply: 'build',
    // After all files are written: until then Vite changes them.
    async writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const file = join(dir, name)
        const content = await readFile(file)
        if (content.length < SMALLEST) continue
        await writeFile(`${file}.br`, brotliCompressSync(content))
        await writeFile(`${file}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}
