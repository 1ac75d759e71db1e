import type { Document } from './environments.ts'
import { project } from './one-file.ts'
import type { World } from './world.ts'

const zone = 'us-central1-a'

/** What `use` names, and the cluster that is only used: somebody else owns it. */
export const usedBy = (document: Document): readonly string[] => {
  const { use = [], cluster } = document as {
    readonly use?: readonly string[]
    readonly cluster?: { readonly use?: string }
  }
  return [...use, ...(cluster?.use === undefined ? [] : [`cluster/${cluster.use}`])]
}

/** What somebody else owns before a journey: what one of its files uses and the first one does not make itself. */
export const foreignTo = (documents: readonly Document[]): readonly string[] => {
  const [first = {}] = documents
  const used = new Set(documents.flatMap(usedBy))
  const mine = new Set(makes(first))
  return [...used].filter(address => usedBy(first).includes(address) || !mine.has(address))
}

const makes = ({
  serviceAccounts = {},
  addresses = {},
  secrets = {},
  cluster,
}: Document): readonly string[] =>
  Object.entries({ 'service-account': serviceAccounts, address: addresses, secret: secrets })
    .flatMap(([kind, section]) => Object.keys(section as object).map(name => `${kind}/${name}`))
    .concat(cluster === undefined ? [] : 'cluster/lab')

type Make = (world: World) => unknown

const insertAddress: Make = async ({ google }) => {
  const path = `compute/compute/v1/projects/${project}/regions/us-central1/addresses`
  const answer = await fetch(`${google.url}/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'lab-grpc', description: 'theirs' }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  await google.finish()
}

const makers: Readonly<Record<string, Make>> = {
  'service-account/other': ({ google }) =>
    google.seed(project).serviceAccount('lab-other', { description: 'theirs' }),
  'secret/login': ({ google }) => google.seed(project).secret('lab-login', ['theirs']),
  'address/grpc': insertAddress,
  'service/compute': ({ google }) => google.seed(project).enable('compute'),
  'cluster/lab': ({ google }) => {
    const seed = google.seed(project)
    seed.enable('compute', 'container')
    return seed.cluster(zone, 'lab', {
      initialNodeCount: 1,
      releaseChannel: { channel: 'REGULAR' },
      workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
    })
  },
}

/** Makes what somebody else owns, as it would be made without Slipway. */
export const makeForeign = async (world: World, used: readonly string[]): Promise<void> => {
  for (const address of used) {
    const make = makers[address]
    if (make === undefined) throw new Error(`nobody makes ${address}`)
    await make(world)
  }
}

/** What somebody else owns, as it is now: it must be the same before and after. */
export const foreignState = (world: World, used: readonly string[]): string => {
  const state = world.google.state.find(project)
  const all: Readonly<Record<string, unknown>> = {
    'service-account/other': state?.serviceAccounts.get(`lab-other@${project}.iam.gserviceaccount.com`)
      ?.resource,
    'secret/login': [
      state?.secrets.get('lab-login')?.resource,
      state?.secrets.get('lab-login')?.versions.size,
    ],
    'address/grpc': state?.addresses.get('regions/us-central1/lab-grpc'),
    'service/compute': state?.services.has('compute.googleapis.com'),
    'cluster/lab': withoutPools(state?.clusters.get(`${zone}/lab`)),
  }
  return JSON.stringify(used.map(address => all[address] ?? null))
}

/** Pools may be made in a cluster that is only used: what the cluster says of them is left out. */
const withoutPools = (cluster: object | undefined): object =>
  Object.fromEntries(Object.entries(cluster ?? {}).filter(([field]) => !ofPools.has(field)))

const ofPools = new Set(['nodePools', 'currentNodeCount', 'instanceGroupUrls', 'ipAllocationPolicy', 'etag'])
