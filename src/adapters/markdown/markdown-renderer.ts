import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { Piscina } from 'piscina'
import { MINUTE_MS } from '../../core/duration.ts'
import type { MarkdownBounds } from '../../core/markdown-bounds.ts'
import type { MarkdownRenderer, RenderedMarkdown } from '../../ports/markdown.ts'
import { createBulkhead, throwUnavailable } from '../resilience/bulkhead.ts'

/** Options of the renderer. */
export interface MarkdownOptions {
  readonly bounds: MarkdownBounds
  /** Most bytes of HTML that are remembered. */
  readonly rememberedBytes: number
}

/** A renderer with a thread. */
export interface MarkdownThread extends MarkdownRenderer {
  /** Terminates the thread and its work. */
  close(): Promise<void>
}

/** Milliseconds until the idle thread ends. Starting it takes about 0.2 s. */
const IDLE_TIMEOUT_MS = MINUTE_MS
/** Most texts that wait: ten full pages of posts for one caller. */
const SHARE = { concurrency: 1, maxQueued: 1000 } as const
/** The text in the thread, and the next one, which it finds without waiting for the event loop. */
const CONCURRENCY = 2
/** Milliseconds without any rendered text until the waiting ones are rejected. */
const STALL_TIMEOUT_MS = 5000
/** Bytes of a remembered entry beside its HTML. */
const ENTRY_BYTES = 300

interface Task {
  readonly text: string
  readonly bounds: MarkdownBounds
}

/**
 * Renders in one thread of low priority, because some texts of 20,000 characters take 100 ms: on the event
 * loop all callers would wait for them. Callers take turns, so that a page of such texts delays no other
 * caller. The HTML is remembered by a hash of its text, which never goes out of date; a post is rendered when
 * it is written, so that most readers find it.
 */
export function createMarkdownRenderer({ bounds, rememberedBytes }: MarkdownOptions): MarkdownThread {
  const pool = openThread()
  const admission = createBulkhead({
    concurrency: CONCURRENCY,
    maxQueued: SHARE.maxQueued * 10,
    stallTimeoutMs: STALL_TIMEOUT_MS,
    share: SHARE,
  })
  const remembered = new LRUCache<string, RenderedMarkdown, Task & { readonly callerId: string }>({
    maxSize: rememberedBytes,
    sizeCalculation: ({ html }) => ENTRY_BYTES + html.length * 2,
    // A text that is asked for again while it waits is rendered once, even if the cache is full.
    ignoreFetchAbort: true,
    fetchMethod: (_key, _stale, { context: { callerId, ...task } }) =>
      admission.run(() => pool.run(task, { name: 'render' }), callerId),
  })
  return {
    render(text, callerId) {
      const key = createHash('sha256').update(text).digest('base64')
      return remembered.forceFetch(key, { context: { text, bounds, callerId } }).catch(throwUnavailable)
    },
    close: () => pool.destroy(),
  }
}

/** A thread without the environment and flags of this process. It starts with the first text. */
function openThread(): Piscina<Task, RenderedMarkdown> {
  return new Piscina({
    filename: join(import.meta.dirname, 'markdown-worker.js'),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_TIMEOUT_MS,
    env: {},
    execArgv: [],
  })
}
