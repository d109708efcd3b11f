import { createHash } from 'node:crypto'
import { readMarkup, type MarkupPart } from './markup.ts'

/** The mark of the service: a picture that stands before its name. */
export interface Mark {
  readonly type: 'image/svg+xml' | 'image/png'
  readonly bytes: Uint8Array
  /** Changes with the picture. */
  readonly version: string
}

/** Most bytes of a mark: it is part of every message and of every page. */
export const MAX_MARK_BYTES = 65_536
/** Most pixels of a side of a PNG. */
const MAX_PNG_SIDE = 1024
const PNG_SIGNATURE = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Elements that draw and load nothing. */
const SVG_ELEMENTS: ReadonlySet<string> = new Set([
  ...['svg', 'g', 'defs', 'title', 'desc', 'symbol', 'use', 'clipPath', 'mask', 'metadata'],
  ...['path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'text', 'tspan'],
  ...['linearGradient', 'radialGradient', 'stop', 'pattern'],
])

/**
 * Reads a mark from the content of a file. Returns what is wrong with it as a text instead: the type is
 * neither SVG nor PNG, it is too large, or the SVG could run or load something.
 */
export function readMark(bytes: Uint8Array): Mark | string {
  if (bytes.length > MAX_MARK_BYTES) return `an image of at most ${MAX_MARK_BYTES / 1024} KiB`
  const isPng = PNG_SIGNATURE.every((byte, index) => bytes[index] === byte)
  const problem = isPng ? findPngProblem(bytes) : findSvgProblem(bytes)
  if (problem !== null) return problem
  const version = createHash('sha256').update(bytes).digest('base64url').slice(0, 12)
  return { type: isPng ? 'image/png' : 'image/svg+xml', bytes, version }
}

/** The size of a PNG is in its first chunk, at byte 16 (PNG 3, §11.2.1). */
function findPngProblem(bytes: Uint8Array): string | null {
  if (bytes.length < 24) return 'a complete PNG file'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sides = [view.getUint32(16), view.getUint32(20)]
  return sides.every((side) => side > 0 && side <= MAX_PNG_SIDE)
    ? null
    : `a PNG with sides of 1 to ${MAX_PNG_SIDE} pixels`
}

function findSvgProblem(bytes: Uint8Array): string | null {
  const source = decodeText(bytes)
  if (source === null) return 'an SVG file in UTF-8 or a PNG file'
  const parts = readMarkup(source.replace(/^\uFEFF/, ''), { xml: true })
  const [root] = parts.filter(({ kind }) => kind === 'tag')
  if (root?.kind !== 'tag' || root.name !== 'svg') return 'an SVG file in UTF-8 or a PNG file'
  for (const part of parts) {
    const problem = findPartProblem(part)
    if (problem !== null) return `an SVG without ${problem} (line ${part.line})`
  }
  return null
}

function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** A list of what is accepted: an element or a reference that is not known could load or run something. */
function findPartProblem(part: MarkupPart): string | null {
  if (part.kind === 'instruction') return part.name === '?xml' ? null : `the instruction <${part.name}>`
  if (part.kind !== 'tag') return null
  if (!SVG_ELEMENTS.has(part.name)) return `the element <${part.name}>`
  const unsafe = part.attributes.find(({ name, value }) => !isSafeAttribute(name.toLowerCase(), value))
  return unsafe ? `the attribute ${unsafe.name} of <${part.name}>` : null
}

function isSafeAttribute(name: string, value: string): boolean {
  if (name.startsWith('on')) return false
  if (name === 'href' || name.endsWith(':href')) return value.startsWith('#')
  if (name === 'xmlns' || name.startsWith('xmlns:')) return true
  // A reference to a part of the same file, such as `fill="url(#gradient)"`, loads nothing.
  const rest = value.replace(/url\(\s*(['"]?)#[\w.-]+\1\s*\)/g, '')
  return !/url\(|javascript:|data:|expression\(|@import|\\/i.test(rest)
}
