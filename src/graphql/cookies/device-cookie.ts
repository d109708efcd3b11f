import { DEVICE_TOKEN_SECONDS } from '../../core/device-tokens.ts'
import { createHostCookie } from './host-cookie.ts'

const COOKIE = createHostCookie('gateway-device')

/** Reads the device token of a request, which is not verified yet; null if there is none. */
export const readDeviceToken = COOKIE.read

/**
 * Writes the `Set-Cookie` that makes clients send the token with later requests. Programs without a cookie
 * jar can store it themselves.
 */
export function writeDeviceCookie(token: string): string {
  return COOKIE.write(token, DEVICE_TOKEN_SECONDS)
}
