/** The basic character set of GSM 03.38 (3GPP TS 23.038 §6.2.1), without the escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Its extension (§6.2.1.1): each takes two septets. */
const EXTENDED = new Set('\f^{}\\[~]|€')

/** What one segment of a text message holds: septets where GSM 03.38 has every character, else UTF-16 units. */
const SEPTETS = 160
const UNITS = 70

/** Whether a text travels in one segment: several cost as many messages, and may arrive apart. */
export function fitsOneSegment(text: string): boolean {
  const septets = [...text].map((character) =>
    BASIC.has(character) ? 1 : EXTENDED.has(character) ? 2 : null,
  )
  if (septets.includes(null)) return text.length <= UNITS
  return septets.reduce<number>((sum, count) => sum + (count ?? 0), 0) <= SEPTETS
}
