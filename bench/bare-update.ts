import { serveLoop } from './bare-loop.ts'
import { openUpdates } from './conditional-update.ts'

// One conditional UPDATE, behind nothing. Argument: the URL of a database of its own.

serveLoop(await openUpdates(process.argv[2] ?? ''))
