// Loads graphql-js as in production, where it leaves out a check of each value. A gateway with
// NODE_ENV=production shows no codes and has no high limits, which the benchmarks need.
const before = process.env['NODE_ENV']
process.env['NODE_ENV'] = 'production'
await import('graphql')
if (before === undefined) delete process.env['NODE_ENV']
else process.env['NODE_ENV'] = before
