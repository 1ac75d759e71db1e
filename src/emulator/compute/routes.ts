import type { Handler, Route } from '../route.ts'
import {
  aggregateAddresses,
  deleteAddress,
  getAddress,
  insertAddress,
  listAddresses,
  setAddressLabels,
} from './addresses.ts'
import {
  aggregateSubnetworks,
  getNetwork,
  getPlace,
  getSubnetwork,
  listNetworks,
  listPlaces,
  listSubnetworks,
} from './networks.ts'
import { getOperation, waitOperation } from './operations.ts'

const route = (method: string, permission: string, handle: Handler): Route => ({
  api: 'compute',
  method: `compute.${method}`,
  permission: `compute.${permission}`,
  handle,
})

/** Compute Engine API v1: addresses, and what is needed to see that a network exists. */
export const computeRoutes: readonly Route[] = [
  route('addresses.aggregatedList', 'addresses.list', aggregateAddresses),
  route('addresses.list', 'addresses.list', listAddresses),
  route('addresses.get', 'addresses.get', getAddress),
  route('addresses.insert', 'addresses.create', insertAddress),
  route('addresses.delete', 'addresses.delete', deleteAddress),
  route('addresses.setLabels', 'addresses.setLabels', setAddressLabels),
  route('globalAddresses.list', 'globalAddresses.list', listAddresses),
  route('globalAddresses.get', 'globalAddresses.get', getAddress),
  route('globalAddresses.insert', 'globalAddresses.create', insertAddress),
  route('globalAddresses.delete', 'globalAddresses.delete', deleteAddress),
  route('globalAddresses.setLabels', 'globalAddresses.setLabels', setAddressLabels),
  route('regionOperations.get', 'regionOperations.get', getOperation),
  route('regionOperations.wait', 'regionOperations.get', waitOperation),
  route('globalOperations.get', 'globalOperations.get', getOperation),
  route('globalOperations.wait', 'globalOperations.get', waitOperation),
  route('networks.get', 'networks.get', getNetwork),
  route('networks.list', 'networks.list', listNetworks),
  route('subnetworks.get', 'subnetworks.get', getSubnetwork),
  route('subnetworks.list', 'subnetworks.list', listSubnetworks),
  route('subnetworks.aggregatedList', 'subnetworks.list', aggregateSubnetworks),
  route('regions.get', 'regions.get', getPlace('region')),
  route('regions.list', 'regions.list', listPlaces('region')),
  route('zones.get', 'zones.get', getPlace('zone')),
  route('zones.list', 'zones.list', listPlaces('zone')),
]
