import type { Route } from '../route.ts'
import { createSecret, deleteSecret, getSecret, listSecrets, patchSecret } from './secrets.ts'
import { accessVersion, addVersion, getVersion, listVersions, setState } from './versions.ts'

const base = 'secretmanager.projects.secrets'

/** Secret Manager API v1, global secrets. */
export const secretmanagerRoutes: readonly Route[] = [
  {
    api: 'secretmanager',
    method: `${base}.create`,
    permission: 'secretmanager.secrets.create',
    handle: createSecret,
  },
  { api: 'secretmanager', method: `${base}.get`, permission: 'secretmanager.secrets.get', handle: getSecret },
  {
    api: 'secretmanager',
    method: `${base}.list`,
    permission: 'secretmanager.secrets.list',
    handle: listSecrets,
  },
  {
    api: 'secretmanager',
    method: `${base}.patch`,
    permission: 'secretmanager.secrets.update',
    handle: patchSecret,
  },
  {
    api: 'secretmanager',
    method: `${base}.delete`,
    permission: 'secretmanager.secrets.delete',
    handle: deleteSecret,
  },
  {
    api: 'secretmanager',
    method: `${base}.addVersion`,
    permission: 'secretmanager.versions.add',
    handle: addVersion,
  },
  {
    api: 'secretmanager',
    method: `${base}.versions.list`,
    permission: 'secretmanager.versions.list',
    handle: listVersions,
  },
  {
    api: 'secretmanager',
    method: `${base}.versions.get`,
    permission: 'secretmanager.versions.get',
    handle: getVersion,
  },
  {
    api: 'secretmanager',
    method: `${base}.versions.access`,
    permission: 'secretmanager.versions.access',
    handle: accessVersion,
  },
  {
    api: 'secretmanager',
    method: `${base}.versions.enable`,
    permission: 'secretmanager.versions.enable',
    handle: setState('ENABLED'),
  },
  {
    api: 'secretmanager',
    method: `${base}.versions.disable`,
    permission: 'secretmanager.versions.disable',
    handle: setState('DISABLED'),
  },
  {
    api: 'secretmanager',
    method: `${base}.versions.destroy`,
    permission: 'secretmanager.versions.destroy',
    handle: setState('DESTROYED'),
  },
]
