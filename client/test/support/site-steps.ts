import { afterAll, afterEach, beforeAll } from 'vitest'
import { createDevice, type Device } from './device.ts'
import { startSite, TOKEN_MS, type Site } from './site.ts'

type DeviceSettings = Parameters<typeof createDevice>[1]

/** For a suite: starts a site, and closes the tabs of devices after each test. */
export function siteSteps(settings: Record<string, string> = {}) {
  let started: Site
  const devices: Device[] = []
  beforeAll(async () => void (started = await startSite(settings)))
  afterAll(() => started.close())
  afterEach(() => devices.splice(0).forEach((device) => device.closeTabs()))

  /** The site, which exists when tests run. */
  const site: Omit<Site, 'close'> = {
    get gateway() {
      return started.gateway
    },
    get address() {
      return started.address
    },
    get proxy() {
      return started.proxy
    },
    addAccount: () => started.addAccount(),
  }
  const openDevice = (deviceSettings?: DeviceSettings): Device => {
    const device = createDevice(site.proxy.url, deviceSettings)
    devices.push(device)
    return device
  }
  /** A tab of a new device that is signed in to a new account. */
  const openSignedIn = async (deviceSettings?: DeviceSettings) => {
    const account = await site.addAccount()
    const device = openDevice(deviceSettings)
    const auth = device.openTab()
    await auth.login(account.credentials)
    return { ...account, device, auth }
  }
  /** Lets the access token expire, by the clocks of the device and the gateway. */
  const expire = (device: Device): void => {
    device.sleep(TOKEN_MS)
    site.gateway.passTime(TOKEN_MS)
  }
  return { site, openDevice, openSignedIn, expire }
}
