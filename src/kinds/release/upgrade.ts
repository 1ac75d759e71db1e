import { SlipwayError } from '../../core/problem.ts'
import type { UpgradeInput } from '../../helm/port.ts'
import { clusterOf } from '../in-cluster.ts'
import { text } from '../kind.ts'
import { type Aftermath, endFailed, fixIt } from './aftermath.ts'
import { backUp } from './backup.ts'
import { isLost, mostLosses, untilAnswered } from './contact.ts'
import { assertReviewed, tryAll } from './preflight.ts'
import { secretsIn } from './secrets.ts'
import type { Site } from './site.ts'
import { aimOf, chartOf, objectsOf, timeoutOf, valuesOf } from './spec.ts'
import { heal, type Revision, revisionsOf } from './storage.ts'
import type { Watch } from './watch.ts'

/** What helm was told, once it may have written something. */
type Sent = Pick<Aftermath, 'former' | 'backup' | 'input' | 'objects'>

/** One upgrade, or installation, of a release whose Lease is held. */
export class Upgrade {
  /** False while the release is neither what it was nor what it should be. */
  clean: boolean
  readonly #site: Site
  readonly #wasLeft: boolean
  #sent: Sent | undefined
  #watch: Watch | undefined
  #losses = 0

  constructor(site: Site) {
    this.#site = site
    this.#wasLeft = site.lease.wasLeft
    this.clean = !this.#wasLeft
  }

  /** The id of the backup that was taken before; undefined: none was needed. */
  get backup(): string | undefined {
    return this.#sent?.backup
  }

  /**
   * The whole way: heal, try, upgrade, wait. `cut off`: helm lost the API server, which answers again, and what is left has to be
   * found out anew. @throws SlipwayError, HelmError, KubernetesError, GcpError
   */
  async run(): Promise<'serves' | 'cut off'> {
    try {
      await this.#once()
      return 'serves'
    } catch (cause) {
      if (await this.#mayBeginAnew(cause)) return 'cut off'
      throw await this.#ended(cause)
    }
  }

  /** Helm has ended, here or in a run that died before the release served: waits for that alone. @throws SlipwayError */
  async serve(): Promise<void> {
    this.clean = false
    try {
      this.#watch ??= await this.#site.watch(Object.values(objectsOf(this.#site.work.spec) ?? {}))
      this.#watch.applied()
      await this.#watch.ready
    } catch (cause) {
      if (this.#sent !== undefined) throw await this.#ended(cause)
      const text = `${this.#site.work.address}: ${this.#site.words(cause)}\nAn earlier run sent it; nothing is put back.`
      throw new SlipwayError(text, { advice: fixIt, cause })
    }
    this.#site.requireGoing()
    this.clean = true
  }

  /** Nothing is watched any more. */
  stop(): void {
    this.#watch?.stop()
  }

  async #once(): Promise<void> {
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
    const from = work.changes.find(({ path }) => path.join('.') === 'chart.version')?.from
    const backup = typeof from === 'string' ? await backUp(this.#site, from) : undefined
    // What is new since the first time that helm begins is new, however often it begins.
    this.#watch ??= await this.#site.watch(dry.objects)
    this.#watch.begins()
    await lease.begin({ aim: aimOf(spec), revision }, backup?.after)
    const former = this.#sent?.former ?? revisions.find(({ status }) => status === 'deployed')?.number
    this.#sent = { former, backup: backup?.id, input, objects: dry.objects }
    this.clean = false
    await this.#upgrade(input, this.#watch)
    this.clean = true
  }

  /** What to throw for a failure, once what can be put back is. */
  async #ended(cause: unknown): Promise<unknown> {
    this.stop()
    if (this.#sent === undefined) return cause
    const after = { ...this.#sent, ran: this.#watch?.hasRun() === true, wasLeft: this.#wasLeft }
    const { error, isPutBack } = await endFailed(this.#site, cause, after)
    this.clean = isPutBack
    return error
  }

  /** True if helm lost the API server and that answers again; before anything was sent it is not waited for. */
  async #mayBeginAnew(cause: unknown): Promise<boolean> {
    if (!isLost(cause) || this.#site.isStopped || ++this.#losses > mostLosses) return false
    this.#site.work.progress('helm lost the API server')
    this.#watch?.rests()
    const isBack = await untilAnswered(this.#site, this.#sent === undefined ? 0 : undefined).then(
      () => true,
      () => false,
    )
    return isBack && !this.#site.isStopped
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
