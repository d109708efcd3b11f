import { lowerThreadPriority } from '../resilience/lower-priority.js'
import { renderMarkdown } from './render-markdown.js'

// The thread that renders Markdown. JavaScript, because Node.js starts threads from the file itself.

lowerThreadPriority()

/**
 * Renders a text.
 * @param {{ text: string, bounds: import('../../core/markdown-bounds.ts').MarkdownBounds }} task
 */
export const render = ({ text, bounds }) => renderMarkdown(text, bounds)
