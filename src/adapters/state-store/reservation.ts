import type { Count, Reservation } from '../../ports/state-store.ts'

/** The reservation of an incremented counter: the first `max` of a window are granted. */
export function toReservation({ count, resetsInMs }: Count, max: number): Reservation {
  return { granted: count <= max, remaining: Math.max(0, max - count), resetsInMs }
}
