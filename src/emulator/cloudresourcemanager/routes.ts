import { timestamp } from '../clock.ts'
import { allowed } from '../identities.ts'
import { listAt } from '../json.ts'
import { changedPolicy, policyView, requestedVersion } from '../policy.ts'
import type { Handler, Route } from '../route.ts'

const getPolicy: Handler = ({ project, body, query }) =>
  policyView(project.policy, requestedVersion(body, query))

const setPolicy: Handler = ({ world, project, body }) => {
  project.policy = changedPolicy(world, project.policy, body)
  return policyView(project.policy, 3)
}

const testPermissions: Handler = ({ identity, body }) => {
  const held = listAt(body, 'permissions').filter(each => allowed(identity, String(each)))
  return held.length > 0 ? { permissions: held } : {}
}

const policyRoutes = (description?: 'cloudresourcemanager-v3'): readonly Route[] => {
  const common = { api: 'cloudresourcemanager', ...(description && { description }) } as const
  return [
    {
      ...common,
      method: 'cloudresourcemanager.projects.getIamPolicy',
      permission: 'resourcemanager.projects.getIamPolicy',
      handle: getPolicy,
    },
    {
      ...common,
      method: 'cloudresourcemanager.projects.setIamPolicy',
      permission: 'resourcemanager.projects.setIamPolicy',
      handle: setPolicy,
    },
    {
      ...common,
      method: 'cloudresourcemanager.projects.testIamPermissions',
      permission: undefined,
      handle: testPermissions,
    },
  ]
}

/** Cloud Resource Manager API: the project itself (v1, v3) and its policy. */
export const cloudresourcemanagerRoutes: readonly Route[] = [
  {
    api: 'cloudresourcemanager',
    method: 'cloudresourcemanager.projects.get',
    permission: 'resourcemanager.projects.get',
    handle: ({ project }) => ({
      projectNumber: project.number,
      projectId: project.id,
      lifecycleState: 'ACTIVE',
      name: project.id,
      createTime: timestamp(project.createdAt),
    }),
  },
  {
    api: 'cloudresourcemanager',
    description: 'cloudresourcemanager-v3',
    method: 'cloudresourcemanager.projects.get',
    permission: 'resourcemanager.projects.get',
    handle: ({ project }) => ({
      name: `projects/${project.number}`,
      projectId: project.id,
      state: 'ACTIVE',
      displayName: project.id,
      createTime: timestamp(project.createdAt),
    }),
  },
  ...policyRoutes(),
  ...policyRoutes('cloudresourcemanager-v3'),
]
