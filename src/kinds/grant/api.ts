import { z } from 'zod'
import type { JsonObject } from '../../core/json.ts'
import type { Api, Gcp, GcpError, GcpReader } from '../../gcp/port.ts'
import { text } from '../kind.ts'
import { understood } from '../shared/understood.ts'
import type { Policy } from './policy.ts'

/** Only looked at: what is sent back is what was read, so that nothing foreign is lost. */
const policySchema = z.looseObject({
  etag: z.string().min(1),
  bindings: z
    .array(
      z.looseObject({
        role: z.string(),
        members: z.array(z.string()).optional(),
        condition: z.looseObject({ expression: z.string() }).optional(),
      }),
    )
    .optional(),
})

/** Whose policy it is. */
export interface Target {
  readonly api: Api
  readonly project: string
  /** `/v1/projects/P` or `/v1/projects/P/serviceAccounts/EMAIL`. */
  readonly path: string
  /** The beginning of the identity of every grant on it. */
  readonly identity: string
}

/** The target that a spec names. */
export const targetOf = (spec: JsonObject): Target => {
  const target = spec.target as JsonObject
  const project = text(target, 'project')
  if (target.serviceAccount === undefined) {
    const path = `/v1/projects/${project}`
    return {
      api: 'cloudresourcemanager',
      project,
      path,
      identity: `//cloudresourcemanager.googleapis.com/projects/${project}`,
    }
  }
  const name = `projects/${project}/serviceAccounts/${text(target, 'serviceAccount')}`
  return { api: 'iam', project, path: `/v1/${name}`, identity: `//iam.googleapis.com/${name}` }
}

/** The reads that `getPolicy` sends. */
export const policyReads = [
  'POST cloudresourcemanager /v1/projects/{}:getIamPolicy',
  'POST iam /v1/projects/{}/serviceAccounts/{}:getIamPolicy',
] as const

/**
 * The policy as it is, conditions included (version 3 is asked for in the body of cloudresourcemanager v1
 * projects.getIamPolicy, and in the query of iam v1 serviceAccounts.getIamPolicy). @throws GcpError
 */
export const getPolicy = async (gcp: GcpReader, { api, path }: Target): Promise<Policy> => {
  const [body, query] =
    api === 'iam'
      ? [{}, { 'options.requestedPolicyVersion': 3 }]
      : [{ options: { requestedPolicyVersion: 3 } }, undefined]
  const policy = await gcp.read<Policy>(api, `${path}:getIamPolicy`, body, query)
  understood(policySchema, policy, api, `the policy of ${path}`)
  return policy
}

/**
 * Writes a policy whole, under the etag with which it was read. Without an update mask IAM changes bindings and etag
 * only, so audit settings cannot be lost. @throws GcpError
 */
export const setPolicy = (
  gcp: Gcp,
  { api, path }: Target,
  policy: Policy,
  waitOut: (error: GcpError) => boolean,
  lookUp: () => Promise<unknown>,
): Promise<unknown> =>
  gcp.write<unknown>({
    method: 'POST',
    api,
    path: `${path}:setIamPolicy`,
    body: { policy: { ...policy, version: 3 } },
    waitOut,
    lookUp,
  })
