import { expect, test } from '@jest/globals'
import { clusterStorms } from '../support/cluster-storm.ts'
import { pathWith, withHelm } from '../support/helm.ts'

test('law 8: every fifth write in the cluster and every tenth read fails, helm’s too, and the upgrade completes as an undisturbed one', async () => {
  const run = (helm: string) => clusterStorms(20, { PATH: pathWith(helm) })
  expect((await withHelm('storms in a cluster', run, () => undefined)) ?? []).toEqual([])
}, 1_800_000)
