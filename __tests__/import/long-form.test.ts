import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { KubernetesEmulator } from '../../src/emulator/kubernetes/server.ts'
import { environments } from '../support/environments.ts'
import { law } from '../support/properties.ts'
import { emptyCluster, imported, madeAgain } from './converge.ts'

let cluster: KubernetesEmulator
beforeAll(async () => {
  cluster = await emptyCluster()
})
afterAll(() => cluster.close())

test('what was made by hand is taken over as it is, whatever the environment', async () => {
  expect(await law('9 (import)', environments, 5, imported(cluster))).toEqual([])
}, 120_000)

test('and the file makes the same again in an empty project', async () => {
  expect(await law('import, made again', environments, 3, madeAgain(cluster))).toEqual([])
}, 120_000)
