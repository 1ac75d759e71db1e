import type { Description, DescriptionName, Method } from './description.ts'
import cloudresourcemanager from './descriptions/cloudresourcemanager.json' with { type: 'json' }
import cloudresourcemanagerV3 from './descriptions/cloudresourcemanager-v3.json' with { type: 'json' }
import compute from './descriptions/compute.json' with { type: 'json' }
import container from './descriptions/container.json' with { type: 'json' }
import iam from './descriptions/iam.json' with { type: 'json' }
import iamcredentials from './descriptions/iamcredentials.json' with { type: 'json' }
import secretmanager from './descriptions/secretmanager.json' with { type: 'json' }
import serviceusage from './descriptions/serviceusage.json' with { type: 'json' }
import sql from './descriptions/sql.json' with { type: 'json' }
import sts from './descriptions/sts.json' with { type: 'json' }

// The compiler's own reading of these files is a union of thousands of literal shapes; Description is what they are.
const all: Readonly<Record<DescriptionName, unknown>> = {
  cloudresourcemanager,
  'cloudresourcemanager-v3': cloudresourcemanagerV3,
  compute,
  container,
  iam,
  iamcredentials,
  secretmanager,
  serviceusage,
  sql,
  sts,
}

/** Google's own description of an API, reduced to the emulated methods. */
export const description = (name: DescriptionName): Description => all[name] as Description

/** A method's description. Throws when it is missing: run `scripts/derive-descriptions.ts` after adding a route. */
export function methodOf(name: DescriptionName, id: string): Method {
  const found = description(name).methods[id]
  if (found === undefined) throw new Error(`${name} has no method ${id}: derive the descriptions again`)
  return found
}
