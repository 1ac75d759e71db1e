import { param, type Route } from '../route.ts'
import { operationView } from './operations.ts'
import {
  batchEnable,
  batchGetServices,
  disableService,
  enableService,
  finishedResponse,
  getService,
  listServices,
  servicesOf,
} from './services.ts'

/** Service Usage API v1. */
export const serviceusageRoutes: readonly Route[] = [
  {
    api: 'serviceusage',
    method: 'serviceusage.services.list',
    permission: 'serviceusage.services.list',
    handle: listServices,
  },
  {
    api: 'serviceusage',
    method: 'serviceusage.services.get',
    permission: 'serviceusage.services.get',
    handle: getService,
  },
  {
    api: 'serviceusage',
    method: 'serviceusage.services.batchGet',
    permission: 'serviceusage.services.get',
    handle: batchGetServices,
  },
  {
    api: 'serviceusage',
    method: 'serviceusage.services.enable',
    permission: 'serviceusage.services.enable',
    handle: enableService,
  },
  {
    api: 'serviceusage',
    method: 'serviceusage.services.batchEnable',
    permission: 'serviceusage.services.enable',
    handle: batchEnable,
  },
  {
    api: 'serviceusage',
    method: 'serviceusage.services.disable',
    permission: 'serviceusage.services.disable',
    handle: disableService,
  },
  {
    api: 'serviceusage',
    method: 'serviceusage.operations.get',
    permission: undefined,
    handle: call =>
      operationView(call, param(call, 'operationsId'), record => {
        const project = call.world.store.find(record.project) ?? call.project
        return finishedResponse(project, record.type, servicesOf(record))
      }),
  },
]
