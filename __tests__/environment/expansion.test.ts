import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { sorted } from '../../src/core/graph.ts'
import { canonical, type Json, type JsonObject } from '../../src/core/json.ts'
import type { Environment } from '../../src/environment/environment.ts'
import { load } from './load.ts'

const scenarios = new URL('../scenarios/environment/', import.meta.url)

/** What a golden shows of an environment: everything that people or Google would notice. */
const shown = ({ document, resources, notes, url, cluster, deletable, workloads }: Environment): Json => ({
  document,
  url: url ?? null,
  cluster: (cluster ?? null) as JsonObject | null,
  deletable: [...deletable],
  workloads: [...workloads],
  notes: notes.map(({ level, message }) => `${level}: ${message}`),
  resources: resources.map(({ address, identity, spec, dependsOn }) => ({
    address,
    identity,
    spec,
    dependsOn: [...dependsOn],
  })),
})

const golden = (name: string, actual: Json): string => {
  const url = new URL(`${name}/expected.json`, scenarios)
  if (process.env.SLIPWAY_UPDATE === '1') {
    mkdirSync(new URL(`${name}/`, scenarios), { recursive: true })
    writeFileSync(url, `${JSON.stringify(actual, null, 2)}\n`)
  }
  return readFileSync(url, 'utf8')
}

describe('what a file stands for', () => {
  test.each(readdirSync(scenarios))('%s', name => {
    const text = readFileSync(new URL(`${name}/environment.yaml`, scenarios), 'utf8')
    const environment = load(text, `environments/${name}.yaml`)
    const actual = shown(environment)
    expect(actual).toEqual(JSON.parse(golden(name, actual)))
    const order = environment.resources.map(({ address, dependsOn }) => ({ id: address, after: dependsOn }))
    expect(sorted(order)).toHaveLength(environment.resources.length)
    expect(canonical(JSON.parse(JSON.stringify(environment.document)) as Json)).toBe(
      canonical(environment.document),
    )
  })
})
