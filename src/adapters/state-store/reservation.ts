import type { Count, Reservation } from '../../ports/state-store.ts'

/** A reservation is a counter that was raised: the first `max` of a window are granted. */
export function toReservation({ count, resetsInMs }: Count, max: number): Reservation {
  return { granted: count <= max, remaining: Math.max(0, max - count), resetsInMs }
}
