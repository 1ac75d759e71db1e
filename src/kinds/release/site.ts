import type { JsonObject } from '../../core/json.ts'
import { SlipwayError, StoppedError } from '../../core/problem.ts'
import type { Kubernetes } from '../../kubernetes/port.ts'
import { clusterOf } from '../in-cluster.ts'
import { type ApplyingPorts, text, type Work } from '../kind.ts'
import { keyOf, partsOf } from './keys.ts'
import type { HeldLease } from './lease.ts'
import { belongsTo } from './live.ts'
import { createFixedNodes } from './nodes.ts'
import { chartOf, hookKeysOf, objectsOf, timeoutOf } from './spec.ts'
import { type Watch, watchRelease } from './watch.ts'

/** A release that is being changed: what is to be done, by which ports, under which Lease. */
export class Site {
  readonly work: Work
  readonly ports: ApplyingPorts
  readonly writer: Kubernetes
  readonly lease: HeldLease

  constructor(work: Work, ports: ApplyingPorts, writer: Kubernetes, lease: HeldLease) {
    this.work = work
    this.ports = ports
    this.writer = writer
    this.lease = lease
  }

  /** Where it is. */
  get place(): { readonly writer: Kubernetes; readonly namespace: string; readonly release: string } {
    const { spec } = this.work
    return { writer: this.writer, namespace: text(spec, 'namespace'), release: text(spec, 'release') }
  }

  /** True if nothing more may be written: the run was asked to stop, or another one holds the Lease. */
  get isStopped(): boolean {
    return this.lease.lost.aborted || this.work.signal.aborted
  }

  /** What a failure says, without secrets. */
  words(cause: unknown): string {
    return this.ports.redactor.scrub(cause instanceof Error ? cause.message : String(cause))
  }

  /** Watches the pods that these objects stand for. @throws KubernetesError */
  watch(objects: readonly JsonObject[]): Promise<Watch> {
    const { spec, progress } = this.work
    const { clock } = this.ports.run
    const hooks = hookKeysOf(spec)
    const keys = Object.keys(objectsOf(spec) ?? {}).flatMap(key => partsOf(key).namespace ?? [])
    const namespaces = [...new Set([text(spec, 'namespace'), ...keys])]
    return watchRelease({
      writer: this.writer,
      namespaces: objects.length === 0 ? [text(spec, 'namespace')] : namespaces,
      chart: chartOf(spec).name,
      mine: object => belongsTo(object, spec),
      isHook: object => hooks.has(keyOf(object)),
      hasFixedNodes: createFixedNodes(this.ports.gcp, this.writer, clusterOf(spec), clock),
      seconds: timeoutOf(spec),
      clock,
      signal: AbortSignal.any([this.work.signal, this.lease.lost]),
      progress,
      redactor: this.ports.redactor,
    })
  }

  /** A watch that was told to end ends without a word. @throws SlipwayError */
  requireGoing(): void {
    if (this.lease.lost.aborted) throw new SlipwayError('Another run took this release over.')
    if (this.work.signal.aborted)
      throw new StoppedError('The run was asked to stop before the release was ready.')
  }
}
