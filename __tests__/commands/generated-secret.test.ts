import { expect, test } from '@jest/globals'
import { type Journey, killAndRerun, moments, setOut, slowness, undisturbed } from '../support/kill.ts'
import { project } from '../support/one-file.ts'
import { smallDatabase } from '../support/small-database.ts'
import type { World } from '../support/world.ts'

const journey: Journey = {
  name: 'generate',
  text: `project: ${project}
location: us-central1
services: [secretmanager, sqladmin]
secrets:
  database: {name: lab-database, generate: {length: 32, alphabet: letters-digits}}
${smallDatabase('lab-database')}`,
}

/** What is wrong with a generated password after all: made twice, lost, or another one at Cloud SQL. */
const inconsistent = ({ google }: World): readonly string[] => {
  const { secrets } = google.state.find(project) ?? {}
  const payloads = [...(secrets?.get('lab-database')?.versions.values() ?? [])].map(({ payload = '' }) =>
    Buffer.from(payload, 'base64').toString(),
  )
  const [stored = ''] = payloads
  const sent = google.requests.writes.flatMap(({ path, body }) =>
    path.endsWith('/users') ? [(body as { readonly password?: string }).password] : [],
  )
  return [
    ...(payloads.length === 1 ? [] : [`${payloads.length} versions`]),
    ...(/^[A-Za-z0-9]{32}$/.test(stored) ? [] : ['no value was stored']),
    ...(sent.at(-1) === stored ? [] : ['Cloud SQL has another password than Secret Manager']),
  ]
}

test('a generated password survives a kill at every step, and Cloud SQL never has another one', async () => {
  const calm = await undisturbed(journey)
  const spots = calm.spots.filter(({ key }) => /secret|users|PATCH/.test(key))
  expect(spots.length).toBeGreaterThan(3)
  const wrong: string[] = []
  await setOut(journey, slowness, async start => {
    for (const spot of spots) {
      for (const moment of moments) {
        const survived = await killAndRerun(start, journey.text, { spot, moment }, calm, inconsistent)
        expect(survived.reached).toBe(true)
        wrong.push(...survived.wrong.map(text => `${spot.key} (${spot.nth}) ${moment}: ${text}`))
      }
    }
  })
  expect(wrong).toEqual([])
})
