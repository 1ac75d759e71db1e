import { isObject } from '../../core/json.ts'
import { around, joined, type SpecReader } from '../spec.ts'
import { counted } from '../text.ts'
import type { Summaries } from './summary.ts'

const cluster = (spec: SpecReader): string =>
  joined(
    spec.word('mode') === 'autopilot' ? 'Autopilot' : 'Standard',
    spec.word('location'),
    around('', spec.word('channel'), ' channel'),
    around('Kubernetes ', spec.word('version'), ' or newer'),
    spec.raw('workloadIdentity') === true && `workload identity ${spec.word('project')}.svc.id.goog`,
    spec.raw('workloadIdentity') === false && 'WITHOUT workload identity',
    spec.raw('privateNodes') === true && 'private nodes',
    spec.raw('dnsEndpoint') === true && 'DNS endpoint',
    spec.raw('ipEndpoint') === false && 'no IP endpoint',
    around('network ', spec.word('network')),
  )

const nodes = (spec: SpecReader): string => {
  const scaling = spec.inner('autoscaling')
  if (scaling.word('max') === '') {
    const count = spec.raw('nodes')
    return typeof count === 'number' ? counted(count, 'node') : around('', spec.word('nodes'), ' nodes')
  }
  const scope = scaling.word('scope') === 'zone' ? 'per zone' : 'in all'
  return `${scaling.word('min')}–${scaling.word('max')} nodes ${scope}`
}

const accelerators = (spec: SpecReader): string =>
  spec
    .members('accelerators')
    .map(
      ([type, value]) =>
        `${isObject(value) && typeof value.count === 'number' ? value.count : 1} × ${type} a node`,
    )
    .join(', ')

const nodePool = (spec: SpecReader): string =>
  joined(
    spec.word('machineType'),
    nodes(spec),
    accelerators(spec),
    around('', spec.word('diskGb'), ' GB') + around(' ', spec.word('diskType')),
    spec.raw('spot') === true && 'spot: Google may take nodes away',
    around('version ', spec.word('version')),
  )

const secret = (spec: SpecReader): string => {
  const generate = spec.inner('generate')
  const length = generate.word('length')
  const how = joined(around('', length, ' characters'), around('user ', generate.word('user')))
  return `Secret Manager ${spec.word('name')}${length === '' ? '' : `, generated (${how})`}`
}

/** One line a kind of Google Cloud, Cloud SQL and grants apart. */
export const googleSummaries: Summaries = {
  'service-account': spec => [
    joined(
      `${spec.word('id')}@${spec.word('project')}.iam.gserviceaccount.com`,
      around('', spec.word('displayName')),
    ),
  ],
  secret: spec => [secret(spec)],
  address: spec => [
    joined(
      spec.word('name'),
      spec.word('region'),
      'external',
      spec.word('tier').toLowerCase(),
      spec.word('description'),
    ),
  ],
  cluster: spec => [cluster(spec)],
  'node-pool': spec => [nodePool(spec)],
}
