import { afterEach, expect, test } from '@jest/globals'
import { isEmpty } from '../../src/core/plan.ts'
import { mustBeDone } from '../support/kill.ts'
import { project } from '../support/one-file.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.close())

const owned = `project: acme-ml
location: us-central1-a
services: [compute, iam, secretmanager]
serviceAccounts:
  other: {id: lab-other, displayName: Other}
addresses:
  web: {name: lab-web, tier: PREMIUM}
secrets:
  login: {name: lab-login, generate: {user: jo, length: 24}}
`

test('what a file made and only uses from now on is neither removed nor changed, and nothing stands in the way', async () => {
  world = await startWorld()
  mustBeDone(await world.apply(owned, await world.plan(owned)))
  const before = JSON.stringify(await world.everything())
  const used = `${owned}use: [service-account/other, address/web, secret/login]\n`
  const plan = await world.plan(used)
  expect([plan.steps, plan.problems]).toEqual([[], []])
  expect(plan.notes.map(({ message }) => message)).toEqual([
    `service-account/other is only used from now on; //iam.googleapis.com/projects/${project}/serviceAccounts/lab-other@${project}.iam.gserviceaccount.com stays as it is.`,
    `address/web is only used from now on; //compute.googleapis.com/projects/${project}/regions/us-central1/addresses/lab-web stays as it is.`,
    `secret/login is only used from now on; //secretmanager.googleapis.com/projects/${project}/secrets/lab-login stays as it is.`,
  ])
  mustBeDone(await world.apply(used, plan))
  expect(JSON.stringify(await world.everything())).toBe(before)
  const next = await world.plan(used)
  expect([isEmpty(next), next.notes]).toEqual([true, []])
})

test('a cluster that is used and not there is named by its line', async () => {
  world = await startWorld()
  const text =
    'project: acme-ml\nlocation: us-central1-a\nservices: [container]\ncluster: {use: away}\nnamespaces: {web: {}}\n'
  const { problems } = await world.plan(text)
  expect(problems[0]).toMatchObject({
    message: 'The cluster away is not in us-central1-a of project acme-ml.',
    position: { line: 4, column: 16 },
  })
})
