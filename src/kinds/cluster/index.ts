import { defineKind } from '../kind.ts'
import { each } from '../shared/calls.ts'
import {
  clusterIdentity,
  clusterLane,
  clustersRead,
  clusterTemplate,
  listClusters,
} from '../shared/gke/clusters.ts'
import { bareResource, marksOf, partsOf } from '../shared/identity.ts'
import { clusterMark } from './api.ts'
import { observeAll, placeOf } from './observe.ts'
import { clusterResource, kind } from './resource.ts'
import { clusterRules } from './rules.ts'
import { type ClusterSettings, clusterSchema } from './schema.ts'
import { createCluster, removeCluster, settleCluster, updateCluster } from './write.ts'

/** A GKE cluster, Standard or Autopilot, zonal or regional (container v1). */
export const cluster = defineKind<ClusterSettings>({
  kind,
  schema: clusterSchema,
  rules: clusterRules,
  holdsData: true,
  takes: [240, 720],
  reads: [clustersRead],
  resource: clusterResource,
  placeholders: {
    endpoint: '192.0.2.1',
    certificateAuthority: 'Y2VydGlmaWNhdGU=',
    dnsEndpoint: 'gke-placeholder.example.com',
    version: '1.33.0-gke.0',
  },
  observe: (resources, { gcp }) => observeAll(resources, gcp),
  named: identity => {
    const parts = partsOf(clusterTemplate, identity)
    return parts && bareResource(kind, parts.name ?? '', identity, parts)
  },
  marks: async (project, { gcp }) =>
    marksOf(
      (await listClusters(gcp, project)).clusters ?? [],
      ({ location, name }) => clusterIdentity({ project, location, name }),
      clusterMark,
    ),
  lane: spec => clusterLane(placeOf(spec)),
  create: (works, { gcp }) => each(works, work => createCluster(work, gcp)),
  update: (works, { gcp }) => each(works, work => updateCluster(work, gcp)),
  settle: (works, { gcp }) => each(works, work => settleCluster(work, gcp)),
  remove: async (works, { gcp }) => {
    await each(works, work => removeCluster(work, gcp))
  },
})
