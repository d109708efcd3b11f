import type { FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

/**
 * Rejects with 503 if the work takes longer than the deadline, in milliseconds.
 *
 * Not Fastify's `handlerTimeout`: it aborts `request.signal` and clears its timer on the `close` event of the
 * request, which Node.js emits as soon as the body has been read, so a POST would never time out.
 */
export function raceDeadline<T>(
  work: Promise<T>,
  request: Pick<FastifyRequest, 'log'>,
  deadlineMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      request.log.error({ event: 'http.request_timed_out', deadlineMs }, 'request timed out')
      reject(new HttpError(503))
    }, deadlineMs)
    const settle =
      <Result>(end: (result: Result) => void) =>
      (result: Result) => {
        clearTimeout(timer)
        end(result)
      }
    work.then(settle(resolve), settle(reject))
  })
}
