import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { KubernetesEmulator } from '../../src/emulator/kubernetes/server.ts'
import { emptyCluster, imported, madeAgain } from '../import/converge.ts'
import { environments } from '../support/environments.ts'
import { law } from '../support/properties.ts'

const long = 900_000
let cluster: KubernetesEmulator
beforeAll(async () => {
  cluster = await emptyCluster()
})
afterAll(() => cluster.close())

test(
  'law 9: what was made by hand is taken over as it is, whatever the environment',
  async () => {
    expect(await law('9 (import)', environments, 60, imported(cluster))).toEqual([])
  },
  long,
)

test(
  'law 9: and the imported file makes the same again in an empty project',
  async () => {
    expect(await law('9 (import, made again)', environments, 30, madeAgain(cluster))).toEqual([])
  },
  long,
)
