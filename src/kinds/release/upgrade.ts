import { SlipwayError } from '../../core/problem.ts'
import type { UpgradeInput } from '../../helm/port.ts'
import { clusterOf } from '../in-cluster.ts'
import { text } from '../kind.ts'
import { endFailed, fixIt } from './aftermath.ts'
import { backUp } from './backup.ts'
import { assertReviewed, tryAll } from './preflight.ts'
import { secretsIn } from './secrets.ts'
import type { Site } from './site.ts'
import { aimOf, chartOf, objectsOf, timeoutOf, valuesOf } from './spec.ts'
import { heal, type Revision, revisionsOf } from './storage.ts'
import type { Watch } from './watch.ts'

/** One upgrade, or installation, of a release whose Lease is held. */
export class Upgrade {
  /** False while the release is neither what it was nor what it should be. */
  clean: boolean
  /** The id of the backup that was taken before; undefined: none was needed. */
  backup: string | undefined
  readonly #site: Site

  constructor(site: Site) {
    this.#site = site
    this.clean = !site.lease.wasLeft
  }

  /** The whole way: heal, try, upgrade, wait. @throws SlipwayError, HelmError, KubernetesError, GcpError */
  async run(): Promise<void> {
    const { work, ports, writer, lease } = this.#site
    const { spec, address, progress } = work
    await this.#heal()
    const input = await this.#input()
    const dry = await ports.helm.dryRun(input)
    for (const value of secretsIn([...dry.objects, ...dry.hooks])) ports.redactor.add(value)
    assertReviewed(address, dry.objects, spec)
    const revisions = await this.#revisions()
    const revision = (revisions[0]?.number ?? 0) + 1
    const untried = await tryAll(address, writer, { ...dry, revision }, spec)
    if (untried.length > 0) progress(`could not be tried beforehand: ${untried.join(', ')}`)
    this.#site.requireGoing()
    const former = revisions.find(({ status }) => status === 'deployed')?.number
    const from = work.changes.find(({ path }) => path.join('.') === 'chart.version')?.from
    const backup = typeof from === 'string' ? await backUp(this.#site, from) : undefined
    this.backup = backup?.id
    const watch = await this.#site.watch(dry.objects)
    let isBegun = false
    try {
      await lease.begin({ aim: aimOf(spec), revision }, backup?.after)
      isBegun = true
      this.clean = false
      await this.#upgrade(input, watch)
      this.clean = true
    } catch (cause) {
      watch.stop()
      if (!isBegun) throw cause
      const after = { former, backup: this.backup, ran: watch.hasRun(), input, objects: dry.objects }
      const { error, isPutBack } = await endFailed(this.#site, cause, after)
      this.clean = isPutBack
      throw error
    }
  }

  /** Helm has ended, in a run that died before the release served: waits for that alone. @throws SlipwayError */
  async serve(): Promise<void> {
    const { spec, address } = this.#site.work
    this.clean = false
    const watch = await this.#site.watch(Object.values(objectsOf(spec) ?? {}))
    try {
      watch.applied()
      await watch.ready
    } catch (cause) {
      const why = this.#site.words(cause)
      throw new SlipwayError(`${address}: ${why}\nAn earlier run sent it; nothing is put back.`, {
        advice: fixIt,
        cause,
      })
    }
    this.#site.requireGoing()
    this.clean = true
  }

  async #heal(): Promise<void> {
    const { work, ports, lease, place } = this.#site
    const healed = await heal({
      ...place,
      timeoutSeconds: timeoutOf(work.spec),
      takenOver: lease.takenOver,
      begun: lease.begun?.revision,
      now: ports.run.clock.now(),
    })
    if (healed) work.progress('an operation that was killed is taken off the record')
  }

  #revisions(): Promise<readonly Revision[]> {
    const { writer, namespace, release } = this.#site.place
    return revisionsOf(writer, namespace, release)
  }

  async #input(): Promise<UpgradeInput> {
    const { work, ports, place } = this.#site
    const { spec, environment } = work
    const { name, version, sha256 } = chartOf(spec)
    const pinned = sha256 === undefined ? {} : { sha256 }
    return {
      chart: await ports.helm.pull({
        repository: text(spec, 'repository'),
        chart: name,
        version,
        ...pinned,
      }),
      release: place.release,
      namespace: place.namespace,
      values: valuesOf(spec),
      kubeconfig: await ports.kubernetes.kubeconfig(clusterOf(spec)),
      timeoutSeconds: timeoutOf(spec),
      description: `slipway ${environment} ${ports.run.holder}`,
    }
  }

  /** Helm and the watch side by side: whichever fails first ends both. */
  async #upgrade(input: UpgradeInput, watch: Watch): Promise<void> {
    const { work, ports, lease } = this.#site
    const stop = new AbortController()
    const signal = AbortSignal.any([work.signal, lease.lost, stop.signal])
    const helm = ports.helm.upgrade(input, signal)
    helm.catch(() => undefined)
    work.progress(`helm ${input.chart.name} ${input.chart.version}`)
    try {
      const { revision } = await Promise.race([helm, watch.ready.then(() => helm)])
      work.progress(`revision ${revision} is sent; waiting until it serves`)
      watch.applied()
      await watch.ready
    } catch (error) {
      stop.abort()
      await helm.catch(() => undefined)
      throw error
    }
    this.#site.requireGoing()
  }
}
