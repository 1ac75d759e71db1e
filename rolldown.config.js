import { defineConfig } from 'rolldown'

/** One file each, readable, the same from every machine: GitHub runs what is committed. */
const bundle = (input, file, banner) => ({
  input,
  platform: 'node',
  // Node 24 has them all: the bundle is for `using: node24`.
  transform: { target: 'node24' },
  output: { file, format: 'esm', codeSplitting: false, minify: false, sourcemap: false, comments: { legal: true }, ...banner },
})

export default defineConfig([
  bundle('src/main.ts', 'dist/index.js', {}),
  bundle('src/cli.ts', 'dist/cli.js', { banner: '#!/usr/bin/env node' }),
])
