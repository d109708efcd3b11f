/**
 * The mark of the service: its own picture, or a shield in the accent colour. The name beside it says what it
 * is.
 */
export function Mark({ picture }: { picture: string | null }) {
  if (picture !== null) return <img className="mark" src={picture} width="28" height="28" alt="" />
  return (
    <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="mark-ground" />
      <path className="mark-line" d="M16 7l7 3v6c0 4.600-3 8-7 9.500c-4-1.500-7-4.900-7-9.500v-6z" />
      <path className="mark-line" d="M12.800 16l2.400 2.400l4.200-4.600" />
    </svg>
  )
}
