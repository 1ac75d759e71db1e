import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { compareVersions } from '../../src/core/version.ts'
import { serverConfig } from '../../src/emulator/container/versions.ts'
import { load } from './load.ts'

const folder = new URL('../../environments/', import.meta.url)
const { validMasterVersions } = serverConfig()
const offered = (validMasterVersions as readonly string[]).toSorted(compareVersions)

describe('the example environments', () => {
  test.each(readdirSync(folder))('%s can be made: its Kubernetes version is one that is offered', name => {
    const { resources } = load(readFileSync(new URL(name, folder), 'utf8'), `environments/${name}`)
    const { version = offered.at(-1) } = resources.find(({ kind }) => kind === 'cluster')?.spec ?? {}
    expect(offered.filter(one => one === version || one.startsWith(`${String(version)}.`))).not.toEqual([])
  })
})
