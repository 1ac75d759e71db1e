import { cloudresourcemanagerRoutes } from './cloudresourcemanager/routes.ts'
import { computeRoutes } from './compute/routes.ts'
import { containerRoutes } from './container/routes.ts'
import { federationRoutes } from './iam/federation-routes.ts'
import { iamRoutes } from './iam/routes.ts'
import type { Route } from './route.ts'
import { secretmanagerRoutes } from './secretmanager/routes.ts'
import { serviceusageRoutes } from './serviceusage/routes.ts'
import { sqlRoutes } from './sql/routes.ts'
import { tokenRoutes } from './sts/routes.ts'

/** Every method that the emulator answers. */
export const routes: readonly Route[] = [
  ...containerRoutes,
  ...sqlRoutes,
  ...iamRoutes,
  ...federationRoutes,
  ...cloudresourcemanagerRoutes,
  ...serviceusageRoutes,
  ...computeRoutes,
  ...secretmanagerRoutes,
  ...tokenRoutes,
]
