/**
 * The basic character set of GSM 03.38 (3GPP TS 23.038 §6.2.1), without the escape. A package for one table
 * is not worth it.
 */
const BASIC: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Its extension (§6.2.1.1): each takes two septets. */
const EXTENDED: ReadonlySet<string> = new Set('\f^{}\\[~]|€')

/** Capacity of one segment: septets if GSM 03.38 has every character, else UTF-16 units. */
const SEGMENT_SEPTETS = 160
const SEGMENT_UNITS = 70

/**
 * Whether a text fits into one segment. Each further segment is billed as a message and may arrive
 * separately.
 */
export function fitsOneSegment(text: string): boolean {
  const septets = [...text].map((character) =>
    BASIC.has(character) ? 1 : EXTENDED.has(character) ? 2 : null,
  )
  if (septets.includes(null)) return text.length <= SEGMENT_UNITS
  return septets.reduce<number>((sum, count) => sum + (count ?? 0), 0) <= SEGMENT_SEPTETS
}
