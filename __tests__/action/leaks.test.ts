import { expect, test } from '@jest/globals'
import { startEmulator } from '../../src/emulator/index.ts'
import { leaksIn } from './leaks.ts'

test('a secret of the cloud that stands anywhere is found, in whatever form', async () => {
  const cloud = await startEmulator()
  const seed = cloud.seed()
  seed.enable('secretmanager')
  seed.secret('login', ['sky:correct horse'])
  const nothing = { comments: new Map(), deployments: new Map() }
  expect(leaksIn(cloud, nothing, [{ log: 'sky signed in' }])).toEqual([])
  const encoded = Buffer.from('correct horse').toString('base64')
  expect(leaksIn(cloud, nothing, [{ log: `got ${encoded}` }, { summary: 'correct%20horse' }])).toEqual([
    'log: acme-ml/login 1',
    'summary: acme-ml/login 1',
  ])
  await cloud.close()
})
