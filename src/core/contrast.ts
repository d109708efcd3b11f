/**
 * Contrast of two colours by WCAG 2.2, from 1 to 21. Colours are written as `#rrggbb`.
 * @throws RangeError if one is not.
 */
export function measureContrast(first: string, second: string): number {
  const [dark = 0, light = 0] = [measureLuminance(first), measureLuminance(second)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** Relative luminance of sRGB. */
function measureLuminance(color: string): number {
  const channels = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(color)?.slice(1)
  if (!channels) throw new RangeError(`not a colour of the form #rrggbb: ${color}`)
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => linearize(parseInt(channel, 16) / 255))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function linearize(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}
