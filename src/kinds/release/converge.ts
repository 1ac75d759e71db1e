import type { JsonObject } from '../../core/json.ts'
import { SlipwayError, StoppedError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import type { UpgradeInput } from '../../helm/port.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'
import { clusterOf } from '../in-cluster.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { type Aftermath, comesBack } from './aftermath.ts'
import { backUp } from './backup.ts'
import { keyOf, partsOf } from './keys.ts'
import { type HeldLease, leaseFor } from './lease.ts'
import { type Mode, whatIsLeft } from './left.ts'
import { belongsTo } from './live.ts'
import { outputsOf } from './outputs.ts'
import { assertReviewed, tryAll } from './preflight.ts'
import { secretsIn } from './secrets.ts'
import { aimOf, chartOf, hookKeysOf, objectsOf, timeoutOf, valuesOf } from './spec.ts'
import { heal, type Revision, revisionsOf } from './storage.ts'
import { type Watch, watchRelease } from './watch.ts'

/**
 * Brings a release to its spec, whatever an earlier run left behind. Nothing is written before the Lease is held and
 * everything is compared with what was reviewed. @throws SlipwayError, HelmError, KubernetesError, GcpError
 */
export const converge = async (work: Work, ports: ApplyingPorts, mode: Mode = 'change'): Promise<Outputs> => {
  const { spec } = work
  const writer = await ports.kubernetes.writer(clusterOf(spec))
  const lease = await leaseFor(work, writer, ports.run)
  const upgrade = new Upgrade(work, ports, writer, lease)
  try {
    const left = await whatIsLeft(work, mode, writer, lease)
    if (left === 'helm') await upgrade.run()
    if (left === 'serving') await upgrade.serve()
  } catch (error) {
    // A Lease that cannot be let go runs out by itself; the error that counts is the first.
    await lease.release({ well: upgrade.clean }).catch(() => undefined)
    throw error
  }
  await lease.release({ well: true, chart: `${chartOf(spec).name} ${chartOf(spec).version}` })
  return outputsOf(work, ports)
}

const fixIt =
  'Fix the cause in the file and merge that, or revert the change; a further apply goes on from here.'

class Upgrade {
  /** False while the release is neither what it was nor what it should be. */
  clean: boolean
  readonly #work: Work
  readonly #ports: ApplyingPorts
  readonly #writer: Kubernetes
  readonly #lease: HeldLease

  constructor(work: Work, ports: ApplyingPorts, writer: Kubernetes, lease: HeldLease) {
    this.#work = work
    this.#ports = ports
    this.#writer = writer
    this.#lease = lease
    this.clean = !lease.wasLeft
  }

  async run(): Promise<void> {
    const { helm, redactor } = this.#ports
    const { spec, address, progress } = this.#work
    await this.#heal()
    const input = await this.#input()
    const dry = await helm.dryRun(input)
    for (const value of secretsIn([...dry.objects, ...dry.hooks])) redactor.add(value)
    assertReviewed(address, dry.objects, spec)
    const untried = await tryAll(address, this.#writer, dry.objects, spec)
    if (untried.length > 0) progress(`could not be tried beforehand: ${untried.join(', ')}`)
    const revisions = await this.#revisions()
    const former = revisions.find(({ status }) => status === 'deployed')?.number
    const from = this.#work.changes.find(({ path }) => path.join('.') === 'chart.version')?.from
    const backup = typeof from === 'string' ? await backUp(this.#work, this.#ports.gcp, from) : undefined
    const watch = await this.#watch(dry.objects)
    let isBegun = false
    try {
      await this.#lease.begin({ aim: aimOf(spec), revision: (revisions[0]?.number ?? 0) + 1 })
      isBegun = true
      this.clean = false
      await this.#upgrade(input, watch)
      this.clean = true
    } catch (error) {
      watch.stop()
      if (!isBegun) throw error
      throw await this.#failed(error, { former, backup, ran: watch.hasRun(), input, objects: dry.objects })
    }
  }

  /** Helm has ended, in a run that died before the release served: waits for that alone. */
  async serve(): Promise<void> {
    const { spec, address } = this.#work
    this.clean = false
    const watch = await this.#watch(Object.values(objectsOf(spec) ?? {}))
    try {
      watch.applied()
      await watch.ready
    } catch (error) {
      throw new SlipwayError(
        `${address}: ${this.#words(error)}\nAn earlier run sent it; nothing is put back.`,
        {
          advice: fixIt,
          cause: error,
        },
      )
    }
    this.#requireGoing()
    this.clean = true
  }

  #place(): { readonly writer: Kubernetes; readonly namespace: string; readonly release: string } {
    const { spec } = this.#work
    return { writer: this.#writer, namespace: text(spec, 'namespace'), release: text(spec, 'release') }
  }

  async #heal(): Promise<void> {
    const { spec, progress } = this.#work
    const { takenOver, begun } = this.#lease
    const healed = await heal({
      ...this.#place(),
      timeoutSeconds: timeoutOf(spec),
      takenOver,
      begun: begun?.revision,
      now: this.#ports.run.clock.now(),
    })
    if (healed) progress('an operation that was killed is taken off the record')
  }

  #revisions(): Promise<readonly Revision[]> {
    const { writer, namespace, release } = this.#place()
    return revisionsOf(writer, namespace, release)
  }

  async #input(): Promise<UpgradeInput> {
    const { spec, environment } = this.#work
    const { name, version, sha256 } = chartOf(spec)
    const pinned = sha256 === undefined ? {} : { sha256 }
    const { namespace, release } = this.#place()
    return {
      chart: await this.#ports.helm.pull({
        repository: text(spec, 'repository'),
        chart: name,
        version,
        ...pinned,
      }),
      release,
      namespace,
      values: valuesOf(spec),
      kubeconfig: await this.#ports.kubernetes.kubeconfig(clusterOf(spec)),
      timeoutSeconds: timeoutOf(spec),
      description: `slipway ${environment} ${this.#ports.run.holder}`,
    }
  }

  #watch(objects: readonly JsonObject[]): Promise<Watch> {
    const { spec, progress } = this.#work
    const hooks = hookKeysOf(spec)
    const keys = Object.keys(objectsOf(spec) ?? {}).flatMap(key => partsOf(key).namespace ?? [])
    const namespaces = [...new Set([text(spec, 'namespace'), ...keys])]
    return watchRelease({
      writer: this.#writer,
      namespaces: objects.length === 0 ? [text(spec, 'namespace')] : namespaces,
      chart: chartOf(spec).name,
      mine: object => belongsTo(object, spec),
      isHook: object => hooks.has(keyOf(object)),
      seconds: timeoutOf(spec),
      clock: this.#ports.run.clock,
      signal: AbortSignal.any([this.#work.signal, this.#lease.lost]),
      progress,
      redactor: this.#ports.redactor,
    })
  }

  /** Helm and the watch side by side: whichever fails first ends both. */
  async #upgrade(input: UpgradeInput, watch: Watch): Promise<void> {
    const stop = new AbortController()
    const signal = AbortSignal.any([this.#work.signal, this.#lease.lost, stop.signal])
    const helm = this.#ports.helm.upgrade(input, signal)
    helm.catch(() => undefined)
    this.#work.progress(`helm ${input.chart.name} ${input.chart.version}`)
    try {
      const { revision } = await Promise.race([helm, watch.ready.then(() => helm)])
      this.#work.progress(`revision ${revision} is sent; waiting until it serves`)
      watch.applied()
      await watch.ready
    } catch (error) {
      stop.abort()
      await helm.catch(() => undefined)
      throw error
    }
    this.#requireGoing()
  }

  /** A watch that was told to end ends without a word. @throws SlipwayError */
  #requireGoing(): void {
    if (this.#lease.lost.aborted) throw new SlipwayError('Another run took this release over.')
    if (this.#work.signal.aborted)
      throw new StoppedError('The run was asked to stop before the release was ready.')
  }

  async #failed(error: unknown, after: Aftermath): Promise<Error> {
    const { address } = this.#work
    const why = this.#words(error)
    const state = await this.#state(after)
    if (this.#work.signal.aborted) return new StoppedError(`${address}: ${why}\n${state}`, { cause: error })
    return new SlipwayError(`${address}: ${why}\n${state}`, { advice: fixIt, cause: error })
  }

  /** What serves now, after a failure; restores the former revision where no new server can have migrated anything. */
  async #state(after: Aftermath): Promise<string> {
    const former = comesBack(after, this.#isStopped())
    if (typeof former === 'string') return former
    const { input, objects } = after
    try {
      this.#work.progress(`putting revision ${former} back`)
      await this.#ports.helm.rollback({ ...input, revision: former })
      this.clean = true
    } catch (cause) {
      return `Revision ${former} could not be put back (${this.#words(cause)}): look at the pods of the release.`
    }
    return this.#putBack(former, objects)
  }

  /** Waits until the former revision serves, for as long as a release may take, and says whether it does. */
  async #putBack(former: number, objects: readonly JsonObject[]): Promise<string> {
    try {
      const watch = await this.#watch(objects)
      watch.applied()
      await watch.ready
    } catch (cause) {
      return `Revision ${former} was put back and does not serve (${this.#words(cause)}): look at the pods of the release.`
    }
    return this.#isStopped()
      ? `Revision ${former} was put back; nobody waited until it serves.`
      : `Revision ${former} serves again: the new version never came up.`
  }

  #isStopped(): boolean {
    return this.#lease.lost.aborted || this.#work.signal.aborted
  }

  #words(cause: unknown): string {
    return this.#ports.redactor.scrub(cause instanceof Error ? cause.message : String(cause))
  }
}
