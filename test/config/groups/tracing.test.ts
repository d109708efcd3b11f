import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { collectProblems } from '../../support/config-problems.ts'

const load = (variables: Record<string, string>) => loadConfig({ variables, readFile: () => '' }).tracing
const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318'

describe('traces', () => {
  it.each([
    {},
    { OTEL_SERVICE_NAME: 'auth', OTEL_TRACES_SAMPLER: 'always_on' },
    { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  ])('are off with %j', (variables) => {
    expect(load(variables)).toBeNull()
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT }, 'http://collector:4318/v1/traces'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com/otlp/' },
      'https://otlp.example.com/otlp/v1/traces',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/in' },
      'https://traces.example.com/in',
    ],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
  ])('are exported to the URL of the specification with %j', (variables, url) => {
    expect(load(variables)?.url).toBe(url)
  })

  it('have the defaults of the specification', () => {
    expect(load({ OTEL_EXPORTER_OTLP_ENDPOINT })).toEqual({
      url: 'http://collector:4318/v1/traces',
      protocol: 'http/protobuf',
      headers: {},
      timeoutMs: 10_000,
      resource: { 'service.name': 'graphql-auth-gateway' },
      sampler: 'parentbased_always_on',
      sampledShare: 1,
      batch: { delayMs: 5000, exportTimeoutMs: 30_000, maxQueued: 2048, maxSpans: 512 },
      continuesCallers: true,
    })
  })

  it('take names, headers and the protocol of traces before those of all signals', () => {
    const tracing = load({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b%3D, x-tenant = one,',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=two',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '500',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=caf%C3%A9',
      OTEL_SERVICE_NAME: 'auth',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      TRUST_TRACEPARENT: 'off',
    })
    expect(tracing).toMatchObject({
      headers: { 'api-key': 'a b=', 'x-tenant': 'two' },
      protocol: 'http/json',
      timeoutMs: 500,
      resource: { 'service.name': 'auth', 'deployment.environment.name': 'café' },
      sampledShare: 0.25,
      continuesCallers: false,
    })
    expect(
      load({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' })?.resource,
    ).toEqual({ 'service.name': 'other' })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: expected an http://'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://u:secret@collector' },
      'OTEL_EXPORTER_OTLP_ENDPOINT: expected an http',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector/?key=secret' },
      'OTEL_EXPORTER_OTLP_ENDPOINT: expected an http',
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL: expected one of http/protobuf, http/json',
    ],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER: expected one of otlp, none'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, 'OTEL_EXPORTER_OTLP_HEADERS: expected `name=value` pairs'],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%0d%0ab' },
      'OTEL_EXPORTER_OTLP_HEADERS: expected `name=value` pairs',
    ],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%zz' },
      'OTEL_EXPORTER_OTLP_HEADERS: expected `name=value` pairs',
    ],
    [{ OTEL_TRACES_SAMPLER: 'xray' }, 'OTEL_TRACES_SAMPLER: expected one of always_on'],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1'],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: '100' }, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE: must not be greater than'],
  ])('are rejected in one line without a secret: %j', (variables, problem) => {
    const problems = collectProblems(() => load(variables))
    expect(problems).toContainEqual(expect.stringContaining(problem))
    expect(problems.join()).not.toContain('secret')
  })
})
