import { renderSVG } from 'uqr'

/**
 * Renders a text as a QR code: an SVG in a `data:` URI, with the quiet zone of four modules that ISO/IEC
 * 18004 requires.
 */
export function renderQrCode(text: string): string {
  const svg = renderSVG(text, { ecc: 'M', border: 4, pixelSize: 1 })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
