import { takesOverOnly } from '../../src/cli/import.ts'
import { isEmpty } from '../../src/core/plan.ts'
import { admin } from '../../src/emulator/kubernetes/authorize.ts'
import { immediateClock } from '../../src/emulator/kubernetes/clock.ts'
import { type KubernetesEmulator, startKubernetes } from '../../src/emulator/kubernetes/server.ts'
import { converge, type Verdict } from '../support/converge.ts'
import type { Document } from '../support/environments.ts'
import { mustBeDone } from '../support/kill.ts'
import { startWorld } from '../support/world.ts'
import { unmark } from './by-hand.ts'
import { runImport } from './terminal.ts'

/** An empty cluster, which stands for all clusters. */
export const emptyCluster = (): Promise<KubernetesEmulator> =>
  startKubernetes({
    authenticate: token => ({ user: token, groups: [] }),
    authorize: admin,
    clock: immediateClock(),
  })

const endpointOf = ({ port, caCertificate }: KubernetesEmulator) => ({
  endpoint: `127.0.0.1:${port}`,
  caCertificateBase64: Buffer.from(caCertificate).toString('base64'),
})

/** Makes an environment, takes the marks off, imports it: the file's plan must only take over, and be empty once applied. */
export const imported =
  (kubernetes: KubernetesEmulator) =>
  async (document: Document): Promise<Verdict> => {
    const world = await startWorld({ startKubernetes: async () => endpointOf(kubernetes) })
    try {
      const first = await converge(world, document)
      if (first !== 'held') return first === 'refused' ? { unusable: 'a refused one' } : first
      if (document.cluster === undefined && document.database === undefined)
        return { unusable: 'neither a cluster nor an instance' }
      unmark(world.google)
      world.assume(undefined)
      const { code, out, said } = await runImport(world.environment)
      if (code !== 0) throw new Error(`the file does more than take over:\n${out}\n${said}`)
      const plan = await world.plan(out)
      if (!takesOverOnly(plan)) throw new Error(`another plan than was said: ${JSON.stringify(plan.steps)}`)
      mustBeDone(await world.apply(out, plan))
      const left = await world.plan(out)
      if (!isEmpty(left)) throw new Error(`the next plan is not empty: ${JSON.stringify(left.steps)}`)
      return 'held'
    } finally {
      await world.close()
    }
  }
