import { isObject, type Json, type JsonObject, listAt } from '../../src/emulator/json.ts'
import {
  account,
  addressNamed,
  cluster,
  instance,
  type Meddling,
  made,
  nextVersion,
  pool,
  secret,
} from './meddling.ts'

const said = (resource: JsonObject | undefined, ...members: readonly string[]): Json | undefined =>
  resource === undefined ? undefined : Object.fromEntries(members.map(key => [key, resource[key] ?? null]))

const address = (labels: JsonObject): Meddling =>
  made(
    'address/grpc',
    state =>
      void state.addresses.set('regions/us-central1/lab-grpc', {
        kind: 'compute#address',
        id: '4711471147114711',
        creationTimestamp: '2026-11-01T10:00:00.000-07:00',
        name: 'lab-grpc',
        description: '',
        address: '192.0.2.77',
        status: 'RESERVED',
        region: 'regions/us-central1',
        selfLink: 'regions/us-central1/addresses/lab-grpc',
        networkTier: 'PREMIUM',
        addressType: 'EXTERNAL',
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
        labelFingerprint: nextVersion(),
      }),
    state => said(addressNamed('lab-grpc')(state)?.resource, 'address', 'labels'),
  )

/** Things that a second actor makes under the name of one that a plan is about to make. */
export const rivals: readonly Meddling[] = [
  made(
    'service-account/other',
    (_, seed) => void seed.serviceAccount('lab-other', { displayName: 'theirs' }),
    state => said(account('lab-other')(state)?.resource, 'displayName', 'description', 'disabled'),
  ),
  made(
    'secret/login',
    (_, seed) => seed.secret('lab-login', ['theirs'], { labels: { owner: 'jo' } }),
    state => {
      const found = secret('lab-login')(state)
      return found === undefined ? undefined : [found.resource.labels ?? null, found.versions.size]
    },
  ),
  address({ owner: 'jo' }),
  // One like what a run of ours leaves behind when it dies between reserving and labelling.
  address({}),
  made(
    'sql-instance/lab',
    (_, seed) =>
      seed.sqlInstance('lab-main', {
        databaseVersion: 'POSTGRES_16',
        region: 'us-central1',
        settings: { tier: 'db-f1-micro', edition: 'ENTERPRISE', userLabels: { owner: 'jo' } },
      }),
    state => {
      const settings = instance(state)?.resource.settings
      return isObject(settings) ? said(settings, 'tier', 'userLabels') : undefined
    },
  ),
  made(
    'sql-database/extra',
    state => void instance(state)?.databases.set('extra', { name: 'extra', charset: 'LATIN1' }),
    state => instance(state)?.databases.get('extra')?.charset,
    state => instance(state) !== undefined,
  ),
  made(
    'cluster/lab',
    (_, seed) =>
      seed.cluster('us-central1-a', 'lab', { initialNodeCount: 1, resourceLabels: { owner: 'jo' } }),
    state => {
      const found = cluster(state)?.resource
      return found === undefined
        ? undefined
        : [found.resourceLabels ?? null, listAt(found, 'nodePools').length]
    },
  ),
  made(
    'node-pool/spare',
    state => {
      const owner = cluster(state)
      const [first] = listAt(owner?.resource ?? {}, 'nodePools').filter(isObject)
      if (owner === undefined || first === undefined) return
      const { resourceLabels: _, ...shared } = Object(first.config) as JsonObject
      const config = { ...shared, labels: { owner: 'jo' } }
      const nodePools = [...listAt(owner.resource, 'nodePools'), { ...first, name: 'spare', config }]
      owner.resource = { ...owner.resource, nodePools, etag: nextVersion() }
    },
    state => {
      const config = pool('spare')(state)?.resource.config
      return isObject(config) ? said(config, 'labels', 'resourceLabels') : undefined
    },
    state => listAt(cluster(state)?.resource ?? {}, 'nodePools').length > 0,
  ),
]
