import { requestShared } from './request-shared.ts'

// Set-up of test files that run built gateways: waits until `dist/` is built from the present sources.
await requestShared('build')
