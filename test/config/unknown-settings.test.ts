import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/config/settings.ts'
import { findUnknownSettings } from '../../src/config/unknown-settings.ts'

describe('unknown settings', () => {
  it.each([
    ['GATEWAY_SECRTE', 'GATEWAY_SECRET'],
    ['GATEWAY_SECERT_FILE', 'GATEWAY_SECRET_FILE'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['REDIS_URLS', 'REDIS_URL'],
    ['PUBLIC_URI', 'PUBLIC_URL'],
    ['OTP_LENGHT', 'OTP_LENGTH'],
    ['GATEWAY_COLOUR', null],
  ])('are found with the nearest name: %s', (name, nearest) => {
    expect(findUnknownSettings({ [name]: 'x' })).toEqual([{ name, nearest }])
  })

  it.each([
    ...['PATH', 'HOME', 'HOSTNAME', 'TZ', 'LANG', 'NODE_OPTIONS', 'npm_config_cache', 'CI', 'PWD', 'POD_IP'],
    ...['REDIS_PORT_6379_TCP', 'REDIS_PORT_6379_TCP_ADDR', 'REDIS_SERVICE_HOST', 'GATEWAY_SERVICE_PORT_HTTP'],
    ...['OTEL_BLRP_SCHEDULE_DELAY', 'OTEL_BLRP_MAX_QUEUE_SIZE', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
    ...['GATEWAY_PORT', 'GATEWAY_PORT_4000_TCP', 'KUBERNETES_SERVICE_HOST', 'LOGNAME', 'DEBUG', 'PORTS'],
  ])('are not variables of other programs and platforms: %s', (name) => {
    expect(findUnknownSettings({ [name]: 'x' })).toEqual([])
  })

  it('include neither settings nor their _FILE forms', () => {
    const names = Object.keys(SETTINGS).flatMap((name) => [name, `${name}_FILE`])
    expect(findUnknownSettings(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([])
  })
})
