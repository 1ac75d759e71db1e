import type { Wishes } from '../../src/setup/wishes.ts'

/** The engine of these tests. */
export const engine =
  'slipway-dev/slipway/.github/workflows/apply.yml@0123456789012345678901234567890123456789'

/** What a small repository with one project asks for. */
export const wishes: Wishes = {
  repository: { name: 'acme/platform', id: '700001', ownerId: '4242', branch: 'main' },
  engine,
  projects: [
    {
      id: 'acme-ml',
      environments: ['prod', 'staging'],
      roles: ['roles/cloudsql.client', 'roles/container.defaultNodeServiceAccount'],
      applierRoles: [],
    },
  ],
  reviewers: [{ type: 'Team', id: 12, name: 'acme/platform' }],
  unprotected: false,
  prune: false,
}
