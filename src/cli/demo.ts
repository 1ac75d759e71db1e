import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCloud } from '../emulator/cloud.ts'
import { chartFolder } from './chart-folder.ts'
import type { Terminal } from './context.ts'
import { Story } from './demo-story.ts'

/** How much faster than Google the demo's operations end: a cluster's six minutes take two seconds. */
const speed = 180

const project = 'acme-ml'

/** The environment of the story, as each of its pull requests leaves it. `charts` is where the stand-in chart is. */
const files = (charts: string) => {
  const lines = (more: readonly string[]) =>
    ['app: skypilot', `project: ${project}`, 'location: us-central1', 'state: cloudsql', ...more, ''].join(
      '\n',
    )
  const release = (version: string) => [
    'releases:',
    '  skypilot:',
    `    repository: ${charts}`,
    `    version: ${version}`,
  ]
  return {
    first: lines(release('0.12.2')),
    second: lines([
      'database:',
      '  tier: db-custom-4-15360',
      'nodePools:',
      '  default: {autoscaling: {max: 5}}',
      ...release('0.13.0'),
    ]),
    refused: lines([
      'database:',
      '  tier: db-custom-4-15360',
      '  region: us-east1',
      'nodePools:',
      '  default: {autoscaling: {max: 5}}',
      ...release('0.13.0'),
    ]),
    wrong: lines(['database:', '  tier: db-custom-3-7680', 'loadBalanser: {}', ...release('0.13.0')]),
  }
}

/** `slipway demo`: a pull request from plan to apply, a change, a refusal and an error, on the embedded cloud. */
export const demo = async (terminal: Terminal): Promise<number> => {
  const cloud = await startCloud({ chartFolder: chartFolder(), speed, projects: [{ id: project }] })
  const folder = await mkdtemp(join(tmpdir(), 'slipway-demo-'))
  try {
    const story = new Story({ terminal, cloud, folder, project })
    const { first, second, refused, wrong } = files(cloud.charts)
    story.say(
      'No account, no network: an emulated Google Cloud on this machine, and real Helm with a small chart of our own',
      'that has the value keys of the published SkyPilot chart.',
    )
    story.chapter('A pull request adds environments/staging.yaml')
    story.file(first)
    await story.pullRequest(1, first)
    story.chapter(
      'It is merged: apply plans again, checks that nothing differs from what was reviewed, and does it',
    )
    await story.merge(first)
    story.chapter('Planned again')
    await story.planAgain(first)
    story.chapter('A second pull request changes the database, a node pool and the chart')
    story.file(second)
    await story.pullRequest(2, second)
    await story.merge(second)
    story.chapter('A third one would move the database')
    await story.pullRequest(3, refused)
    story.chapter('A fourth one does not even get that far')
    story.broken(wrong)
    return story.ended()
  } finally {
    await cloud.close()
    await rm(folder, { recursive: true, force: true })
  }
}
