import { FEDERATION_TOOLS, installTools } from './install-tools.ts'

// Installs what the tests of the subgraph run: routers and composition libraries.

await installTools(FEDERATION_TOOLS)
