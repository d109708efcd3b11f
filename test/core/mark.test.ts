import { describe, expect, it } from 'vitest'
import { MAX_MARK_BYTES, readMark } from '../../src/core/mark.ts'

const toBytes = (text: string) => new TextEncoder().encode(text)
const svg = (content: string, attributes = '') =>
  readMark(toBytes(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"${attributes}>${content}</svg>`))

/** The start of a PNG with a size; the pixels do not matter to the check. */
function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(40)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

describe('a mark', () => {
  it('is an SVG that draws, with references to its own parts', () => {
    const text = `<?xml version="1.0"?><!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg"><defs>
      <linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>
      <g transform="rotate(5)"><path d="M0 0h8v8z" fill="url(#g)"/><use href="#g"/></g></svg>`
    expect(readMark(toBytes(text))).toMatchObject({ type: 'image/svg+xml', version: /^[\w-]{12}$/ })
  })

  it('is a PNG of 1 to 1024 pixels', () => {
    expect(readMark(png(64, 64))).toMatchObject({ type: 'image/png' })
    for (const bytes of [png(0, 64), png(64, 1025)]) expect(readMark(bytes)).toContain('1 to 1024 pixels')
    expect(readMark(png(64, 64).subarray(0, 20))).toBe('a complete PNG file')
  })

  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in a name space', '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>'],
    ['an event handler', '<path onclick="alert(1)"/>'],
    ['an event handler in capitals', '<path ONLOAD="alert(1)"/>'],
    ['a foreign object', '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'],
    ['a picture of another host', '<image href="https://evil.example/x.png"/>'],
    ['a reference to another file', '<use href="https://evil.example/x.svg#a"/>'],
    ['a reference by XLink', '<use xlink:href="data:image/svg+xml,x"/>'],
    ['a style sheet', '<style>@import url(https://evil.example)</style>'],
    ['a URL in a style', '<path style="fill:url(https://evil.example/x)"/>'],
    ['a URL that is escaped', '<path style="fill:\\75rl(https://evil.example)"/>'],
    ['a URL in character references', '<path fill="&#117;rl(//evil.example)"/>'],
    ['an animation', '<animate attributeName="href" to="javascript:alert(1)"/>'],
    ['a link', '<a href="javascript:alert(1)"><path d=""/></a>'],
    ['a CDATA section', '<title><![CDATA[<script>alert(1)</script>]]></title>'],
  ])('is rejected with %s, and the line is named (SR-278)', (_what, content) => {
    expect(svg(`\n${content}`)).toMatch(/^an SVG without .* \(line 2\)$/)
  })

  it('is rejected with an entity, which could expand without end (SR-278)', () => {
    const text =
      '<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg"><title>&a;</title></svg>'
    expect(readMark(toBytes(text))).toMatch(/^an SVG without the instruction <!doctype>/)
  })

  it('is rejected when it is no picture or too large', () => {
    const neither = 'an SVG file in UTF-8 or a PNG file'
    for (const text of ['', 'hello', '<html></html>', 'GIF89a']) expect(readMark(toBytes(text))).toBe(neither)
    expect(readMark(Uint8Array.of(0x3c, 0xff, 0xfe))).toBe(neither)
    expect(svg('', ` id="${'x'.repeat(MAX_MARK_BYTES)}"`)).toBe('an image of at most 64 KiB')
  })
})
