/** Milliseconds since the Unix epoch. Injected everywhere, so that tests move time by hand. */
export type Clock = () => number
