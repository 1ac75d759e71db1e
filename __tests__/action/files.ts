/** An environment that needs nothing but Google's APIs. */
export const staging = (
  change: { readonly displayName?: string; readonly more?: string } = {},
): string => `project: acme-ml
location: us-central1
services: [iam, compute]
serviceAccounts:
  robot:
    id: staging-robot
    displayName: ${change.displayName ?? 'Robot'}
    roles: [roles/logging.logWriter]
addresses:
  web: {tier: PREMIUM}
${change.more ?? ''}`

/** Its path. */
export const path = 'environments/staging.yaml'

/** One that is made in a moment: addresses of these names. */
export const addresses = (...names: readonly string[]): string =>
  [
    'project: acme-ml',
    'location: us-central1',
    'services: [compute]',
    'addresses:',
    ...names.map(name => `  ${name}: {tier: PREMIUM}`),
    '',
  ].join('\n')
