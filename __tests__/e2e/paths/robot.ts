import { byHand } from './path.ts'

type Hands = Parameters<typeof byHand>[0]

/** A file with one service account, whose name for people somebody may change by hand, and further lines. */
export const robotFile = (displayName: string, ...more: readonly string[]): string =>
  [
    'project: acme-ml',
    'location: us-central1',
    'services: [iam, compute]',
    `serviceAccounts: {robot: {id: staging-robot, displayName: ${displayName}}}`,
    ...more,
    '',
  ].join('\n')

/** Changes that name outside of Git. */
export const renameRobot = (world: Hands, displayName: string) =>
  byHand(
    world,
    'IAM',
    'PATCH',
    '/v1/projects/acme-ml/serviceAccounts/staging-robot@acme-ml.iam.gserviceaccount.com',
    { serviceAccount: { displayName }, updateMask: 'displayName' },
  )
