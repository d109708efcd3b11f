// Hive Gateway on the supergraph of standard input. Prints its URL.
import { createServer } from 'node:http'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { propagateHeaders } from './hive-headers.js'

const supergraph = Buffer.concat(await process.stdin.toArray()).toString()
const gateway = createGatewayRuntime({
  supergraph,
  logging: false,
  propagateHeaders,
})
const server = createServer(gateway)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/graphql`))
