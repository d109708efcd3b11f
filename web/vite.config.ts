import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { limitFirstScreen } from './build/first-screen.ts'
import { compressAssets } from './build/compress-assets.ts'

// Settings of a build that is deployed alone; docs/app.md describes them. The gateway replaces them in the
// page that it serves.
process.env['VITE_BASE_PATH'] ??= '/app/'
process.env['VITE_PRODUCT_NAME'] ??= 'GraphQL Auth Gateway'

/** The sources of the client package, so that the app needs no other build before its own. */
const client = resolve(import.meta.dirname, '../client/src')

export default defineConfig({
  // The page's `<base>` is the place of the app; its files are relative to it.
  base: './',
  plugins: [react(), limitFirstScreen({ maxBytes: 150_000 }), compressAssets()],
  resolve: {
    alias: [
      { find: /^graphql-auth-gateway-client$/, replacement: `${client}/index.ts` },
      { find: /^graphql-auth-gateway-client\/apollo$/, replacement: `${client}/adapters/apollo.ts` },
      { find: /^graphql-auth-gateway-client\/react\/apollo$/, replacement: `${client}/react/apollo.ts` },
    ],
  },
  build: {
    target: 'baseline-widely-available',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
})
