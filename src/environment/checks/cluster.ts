import type { JsonObject, Path } from '../../core/json.ts'
import type { Problem } from '../../core/problem.ts'
import { compareVersions } from '../../core/version.ts'
import { isLocation } from '../../kinds/shared/places.ts'
import { type Check, type Checked, entriesAt, isOwn, objectAt, placeIn } from './check.ts'
import { skypilotReleases } from './skypilot-release.ts'

/** Kubernetes since which a side container starts before the server (native sidecars). */
const sidecars = '1.29'

/** What a cluster and the things in it need of one another. */
export const checkCluster: Check = checked => {
  const { document } = checked
  const cluster = objectAt(document, ['cluster'])
  return {
    problems: [
      ...homeless(checked),
      ...wrongPlace(checked, cluster),
      ...tooOld(checked, cluster),
      ...unreachable(checked, cluster),
      ...autopilotPools(checked, cluster),
      ...noPools(checked, cluster),
      ...foreignNamespace(checked),
    ],
  }
}

const problem = (checked: Checked, path: Path, message: string, advice: string): Problem => ({
  message,
  advice,
  position: placeIn(checked, path),
})

const homeless = (checked: Checked): readonly Problem[] =>
  checked.document.cluster !== undefined
    ? []
    : ['nodePools', 'namespaces', 'releases']
        .filter(section => checked.document[section] !== undefined)
        .map(section =>
          problem(
            checked,
            [section],
            `${section}: there is no cluster for them.`,
            'Add `cluster: {…}`, or `cluster: {use: NAME}` for one that exists.',
          ),
        )

const wrongPlace = (checked: Checked, { location }: JsonObject): readonly Problem[] =>
  typeof location !== 'string' || isLocation(location)
    ? []
    : [
        problem(
          checked,
          ['cluster', 'location'],
          `location: "${location}" is neither a region nor a zone.`,
          'Write, for example, us-central1 or us-central1-a.',
        ),
      ]

const tooOld = (checked: Checked, { version }: JsonObject): readonly Problem[] =>
  typeof version !== 'string' ||
  skypilotReleases(checked.document).length === 0 ||
  compareVersions(version, sidecars) >= 0
    ? []
    : [
        problem(
          checked,
          ['cluster', 'version'],
          `version: Kubernetes ${version} does not start the database proxy before the server.`,
          `Use "${sidecars}" or later, or leave it to the release channel.`,
        ),
      ]

/** What is in the cluster could never be seen or changed again, by nobody. */
const unreachable = (checked: Checked, { dnsEndpoint, ipEndpoint }: JsonObject): readonly Problem[] =>
  dnsEndpoint !== false || ipEndpoint !== false
    ? []
    : [
        problem(
          checked,
          ['cluster', 'ipEndpoint'],
          'ipEndpoint: with the DNS endpoint off as well, nobody reaches the API server, Slipway neither.',
          'Leave one of `dnsEndpoint` and `ipEndpoint` on.',
        ),
      ]

const autopilotPools = (checked: Checked, { mode }: JsonObject): readonly Problem[] =>
  mode !== 'autopilot' || checked.document.nodePools === undefined
    ? []
    : [
        problem(
          checked,
          ['nodePools'],
          'nodePools: an Autopilot cluster makes its nodes by itself.',
          'Take them out, or use `mode: standard`.',
        ),
      ]

/** GKE makes no Standard cluster without nodes (container v1, clusters.create), and its default pool is nobody's wish. */
const noPools = (checked: Checked, { mode, use }: JsonObject): readonly Problem[] =>
  mode !== 'standard' || use !== undefined || entriesAt(checked.document, ['nodePools']).length > 0
    ? []
    : [
        problem(
          checked,
          isOwn(checked, ['cluster']) ? ['cluster'] : ['nodePools'],
          'cluster: a Standard cluster is made with at least one node pool, and the file has none.',
          'Add one, for example `nodePools: {default: {machineType: e2-standard-4, nodes: 1}}`, or say `mode: autopilot`.',
        ),
      ]

/** A release goes into a namespace that somebody makes: this file, or nobody, if it says so. */
const foreignNamespace = (checked: Checked): readonly Problem[] => {
  const made = objectAt(checked.document, ['namespaces'])
  return Object.entries(objectAt(checked.document, ['releases'])).flatMap(([name, release]) => {
    const { namespace } = objectAt({ release }, ['release'])
    if (typeof namespace !== 'string' || Object.hasOwn(made, namespace)) return []
    return [
      problem(
        checked,
        ['releases', name, 'namespace'],
        `namespace: "${namespace}" is not in this file.`,
        `Add it: \`namespaces: {${namespace}: {}}\`.`,
      ),
    ]
  })
}
