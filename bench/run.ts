import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { calls } from './calls.ts'
import { create } from './create.ts'
import { grants } from './grants.ts'
import { helmReleases } from './helm-releases.ts'
import type { Measurement } from './measure.ts'
import { offline } from './offline.ts'
import { planLatency } from './plan-latency.ts'
import { start } from './start.ts'
import { table, withTable } from './table.ts'

/** In the order of the page. */
const all: readonly Measurement[] = [start, planLatency, calls, grants, offline, helmReleases, create]

const page = resolve(import.meta.dirname, '..', 'docs', 'benchmarks.md')

const words = process.argv.slice(2)
const dry = words.includes('--dry')
const names = words.filter(word => word !== '--dry')
const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
if (chosen.length < names.length) {
  process.stderr.write(`There are: ${all.map(({ name }) => name).join(', ')}.\n`)
  process.exit(1)
}
for (const { name, rows } of chosen) {
  const measured = await rows()
  process.stdout.write(`${name}\n${table(measured)}\n\n`)
  if (!dry) writeFileSync(page, withTable(readFileSync(page, 'utf8'), name, measured))
}
// Rolldown's threads and idle connections would keep it alive.
process.exit()
