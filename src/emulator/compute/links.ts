import { apis } from '../apis.ts'
import type { Call } from '../route.ts'

/** A link that a client can send back: on this server, since gcloud puts the base that it was given into bodies. */
export const computeLink = ({ origin, project }: Call, path: string): string =>
  `${origin}${apis.compute.prefix}projects/${project.id}/${path}`
