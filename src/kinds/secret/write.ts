import { SlipwayError } from '../../core/problem.ts'
import type { Outputs } from '../../core/reference.ts'
import type { Redactor } from '../../core/secret.ts'
import { type Gcp, GcpError } from '../../gcp/port.ts'
import { text, type Work } from '../kind.ts'
import { unlessAbsent } from '../shared/calls.ts'
import { changedLabels, labelSpecOf, labelsOf, markLabel, markOf, ownLabels } from '../shared/labels.ts'
import { requireMarked, requireOurs } from '../shared/ours.ts'
import { rewriting } from '../shared/rewriting.ts'
import { inTurns } from '../shared/turns.ts'
import { getSecret, latestVersion, type SecretFacts, secretsPath, versionNumber } from './api.ts'
import { generateValue } from './generate.ts'
import { secretRules } from './rules.ts'
import type { Generate } from './schema.ts'

const pathOf = ({ spec }: Work): string => `${secretsPath(text(spec, 'project'))}/${text(spec, 'name')}`

/**
 * Makes a secret and its first value. After a kill between the two, the next run finds the secret without a version
 * and adds one; where there is a version, nothing is left to do. @throws GcpError, SlipwayError
 */
export const createSecret = async (work: Work, gcp: Gcp, redactor: Redactor): Promise<Outputs> => {
  work.signal.throwIfAborted()
  await makeSecret(work, gcp)
  return fill(work, gcp, redactor)
}

const makeSecret = async (work: Work, gcp: Gcp): Promise<void> => {
  const { spec } = work
  const labels = { ...labelsOf(spec.labels), [markLabel]: text(spec, 'mark') }
  try {
    await gcp.write<unknown>({
      method: 'POST',
      api: 'secretmanager',
      path: secretsPath(text(spec, 'project')),
      query: { secretId: text(spec, 'name') },
      body: { replication: { automatic: {} }, labels },
      lookUp: () => unlessAbsent<unknown>(() => getSecret(gcp, pathOf(work))),
    })
  } catch (error) {
    if (!(error instanceof GcpError) || error.failure !== 'exists') throw error
  }
  requireOurs(work, markOf((await getSecret(gcp, pathOf(work))).labels))
}

/** Adds a generated value if no version is enabled. The value is made here and known to the redactor before it leaves. */
const fill = async (work: Work, gcp: Gcp, redactor: Redactor): Promise<Outputs> => {
  const path = pathOf(work)
  const name = text(work.spec, 'name')
  const known = await latestVersion(gcp, path)
  if (known !== undefined) return { name, version: known }
  const { payload, password } = generateValue(generateOf(work))
  redactor.add(password)
  redactor.add(payload)
  work.signal.throwIfAborted()
  const added = await gcp.write<unknown>({
    method: 'POST',
    api: 'secretmanager',
    path: `${path}:addVersion`,
    body: { payload: { data: Buffer.from(payload.reveal()).toString('base64') } },
    lookUp: async () => {
      const version = await latestVersion(gcp, path)
      return version === undefined ? undefined : { name: `versions/${version}` }
    },
  })
  return { name, version: versionNumber(added) }
}

const generateOf = ({ address, spec }: Work): Generate => {
  if (spec.generate === undefined)
    throw new SlipwayError(`${address} has no value and nothing says how to make one.`, {
      advice: 'Add a version by hand, or write `generate` in the file.',
    })
  return spec.generate as unknown as Generate
}

/** Makes just the given changes: labels and mark by one patch under the secret's etag, a missing value by a version. */
export const updateSecret = async (work: Work, gcp: Gcp, redactor: Redactor): Promise<Outputs> => {
  const path = pathOf(work)
  const touched = (field: string) => work.changes.some(({ path: [first] }) => first === field)
  await inTurns<SecretFacts>(gcp, work, {
    what: `the labels of ${path}`,
    rules: secretRules,
    read: () => getSecret(gcp, path),
    // What its owner brought may bear the mark of an environment that generated it.
    specOf: ({ labels }) =>
      work.spec.generate === undefined ? { labels: ownLabels(labels) } : labelSpecOf(labels),
    turns: [
      {
        changes: work.changes.filter(({ path: [first] }) => first !== 'value'),
        write: async ({ labels, etag }, due) => {
          const body = { labels: changedLabels(labelsOf(labels), due), etag }
          const query = { updateMask: 'labels' }
          await gcp.write({ method: 'PATCH', api: 'secretmanager', path, query, body })
        },
      },
    ],
  })
  if (touched('value')) return fill(work, gcp, redactor)
  const version = await latestVersion(gcp, path)
  return { name: text(work.spec, 'name'), ...(version === undefined ? {} : { version }) }
}

/** Deletes a secret with all its versions under its etag; only what carries our mark. @throws GcpError, SlipwayError */
export const removeSecret = async (work: Work, gcp: Gcp): Promise<void> => {
  const path = pathOf(work)
  const gone = () =>
    unlessAbsent(() => getSecret(gcp, path)).then(still => (still === undefined ? {} : undefined))
  await rewriting(gcp, path, work, async () => {
    const found = await unlessAbsent(() => getSecret(gcp, path))
    if (found === undefined) return
    requireMarked(work, markOf(found.labels))
    work.signal.throwIfAborted()
    const query = { etag: found.etag }
    await unlessAbsent(() =>
      gcp.write<unknown>({ method: 'DELETE', api: 'secretmanager', path, query, lookUp: gone }),
    )
  })
}
