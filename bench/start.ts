import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtBundles } from './bundles.ts'
import { alternating, type Measurement, showTime } from './measure.ts'
import { timeOf } from './process.ts'

const runs = 15

/** From the start of the action's process to its first request, against a Node that does nothing. */
export const start: Measurement = {
  name: 'start',
  rows: async () => {
    const entry = join(await builtBundles(), 'dist', 'index.js')
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-start-'))
    const event = join(folder, 'event.json')
    await writeFile(event, JSON.stringify(pullRequest))
    const [ours = 0, bare = 0] = await alternating(runs, [
      () => toFirstCall(entry, event),
      () => timeOf({ command: process.execPath, arguments: ['--eval', '0'] }),
    ])
    await rm(folder, { recursive: true })
    return [
      {
        what: '`dist/index.js` to its first API call',
        value: showTime(ours),
        against: `\`node --eval 0\`: ${showTime(bare)}`,
        ratio: ours / bare,
      },
    ]
  },
}

const sha = (digit: string): string => digit.repeat(40)
const repository = { full_name: 'acme/infra', default_branch: 'main' }
const pullRequest = {
  action: 'opened',
  number: 1,
  repository,
  pull_request: {
    number: 1,
    head: { sha: sha('a'), repo: repository },
    base: { ref: 'main', sha: sha('b'), repo: repository },
    merge_commit_sha: sha('c'),
  },
}

/** Milliseconds until a GitHub that never answers is asked for the first time. */
const toFirstCall = async (entry: string, event: string): Promise<number> => {
  const called = Promise.withResolvers<number>()
  const github = createServer(() => called.resolve(performance.now()))
  const url = await listening(github)
  const started = performance.now()
  const child = spawn(process.execPath, [entry], {
    stdio: 'ignore',
    env: {
      GITHUB_API_URL: url,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: repository.full_name,
      GITHUB_RUN_ID: '1',
      GITHUB_SHA: sha('c'),
      'INPUT_GITHUB-TOKEN': 'none',
      INPUT_COMMAND: 'plan',
    },
  })
  child.once('close', () => called.reject(new Error('the action ended before it asked anything')))
  const reached = await called.promise
  child.kill('SIGKILL')
  github.close()
  github.closeAllConnections()
  return reached - started
}

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
