import { parse } from 'yaml'
import { takesOverOnly } from '../../src/cli/import.ts'
import { isEmpty } from '../../src/core/plan.ts'
import { SlipwayError } from '../../src/core/problem.ts'
import { admin } from '../../src/emulator/kubernetes/authorize.ts'
import { immediateClock } from '../../src/emulator/kubernetes/clock.ts'
import { type KubernetesEmulator, startKubernetes } from '../../src/emulator/kubernetes/server.ts'
import { converge, type Verdict } from '../support/converge.ts'
import { type Document, textOf } from '../support/environments.ts'
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

/** Imports an environment, makes the file's like in an empty project, and imports that: both files must be the same. */
export const madeAgain =
  (kubernetes: KubernetesEmulator) =>
  async (document: Document): Promise<Verdict> => {
    const first = await importedFrom(kubernetes, textOf(document))
    if (typeof first !== 'string') return first
    const second = await importedFrom(kubernetes, first)
    if (typeof second !== 'string')
      throw new Error(`the file cannot be applied: ${JSON.stringify(second)}\n${first}`)
    const saying = (text: string) => parse(text) as unknown
    if (JSON.stringify(saying(first)) !== JSON.stringify(saying(second)))
      throw new Error(`another file the second time:\n${first}\n---\n${second}`)
    return 'held'
  }

const importedFrom = async (
  kubernetes: KubernetesEmulator,
  text: string,
): Promise<string | { readonly unusable: string }> => {
  const world = await startWorld({ startKubernetes: async () => endpointOf(kubernetes) })
  try {
    const plan = await world.plan(text)
    if (plan.problems.length > 0) return { unusable: plan.problems.map(({ message }) => message).join(' ') }
    mustBeDone(await world.apply(text, plan))
    unmark(world.google)
    return (await runImport(world.environment)).out
  } catch (error) {
    if (error instanceof SlipwayError) return { unusable: error.message }
    throw error
  } finally {
    await world.close()
  }
}
