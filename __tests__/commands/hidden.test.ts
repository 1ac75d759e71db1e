import { afterEach, expect, test } from '@jest/globals'
import { startWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.close())

test('a project that is not there is one problem, at the line that names it', async () => {
  world = await startWorld()
  const { problems } = await world.plan(
    `name: lab
project: acme-mll
location: us-central1-a
services: [compute, iam]
serviceAccounts: {other: {id: lab-other, displayName: Other}}
addresses: {web: {name: lab-web, tier: PREMIUM}}
`,
  )
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({
    message: expect.stringMatching(/^Nothing can be seen in project acme-mll: .* no such project\.$/),
    advice: expect.stringContaining('`slipway doctor`'),
    position: { line: 2, column: 10 },
  })
})
