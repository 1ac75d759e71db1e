/** Which API's kind of operation it is. */
export type OperationFamily = 'container' | 'sql' | 'compute' | 'serviceusage' | 'iam'

const second = 1000
const minute = 60 * second

const durations: Readonly<Record<OperationFamily, Readonly<Record<string, number>>>> = {
  container: {
    CREATE_CLUSTER: 6 * minute,
    DELETE_CLUSTER: 5 * minute,
    UPDATE_CLUSTER: 2 * minute,
    UPGRADE_MASTER: 8 * minute,
    UPGRADE_NODES: 5 * minute,
    CREATE_NODE_POOL: 2 * minute,
    DELETE_NODE_POOL: 3 * minute,
    SET_NODE_POOL_SIZE: 90 * second,
    SET_NODE_POOL_MANAGEMENT: 20 * second,
  },
  sql: {
    CREATE: 8 * minute,
    UPDATE: 2 * minute,
    DELETE: 2 * minute,
    CREATE_DATABASE: 4 * second,
    UPDATE_DATABASE: 4 * second,
    DELETE_DATABASE: 4 * second,
    CREATE_USER: 4 * second,
    UPDATE_USER: 4 * second,
    DELETE_USER: 4 * second,
    BACKUP_VOLUME: 80 * second,
  },
  compute: { insert: 8 * second, delete: 8 * second, setLabels: 0 },
  serviceusage: { enable: 20 * second, disable: 10 * second },
  iam: { create: 4 * second, undelete: 4 * second, patch: 2 * second, delete: 2 * second },
}

/**
 * How long an operation takes by default, in milliseconds. Rough means of what is known (no recording holds times);
 * throws when a type has no entry.
 */
export function duration(family: OperationFamily, type: string): number {
  const found = durations[family][type]
  if (found === undefined) throw new Error(`no duration for ${family} operation ${type}`)
  return found
}
