#!/usr/bin/env node
// The command line. What V8 makes of its four megabytes is kept for the next time, in a folder that is the user's own.
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? join(caches, 'slipway', 'compiled'))

await import('../dist/cli.js')
