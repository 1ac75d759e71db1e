import { afterAll, beforeAll, describe } from '@jest/globals'
import type { Account } from './api-server.ts'
import { canHavePrograms } from './build.ts'
import { type Client, createClient } from './client.ts'
import { type ControlPlane, startControlPlane } from './start.ts'

const here = await canHavePrograms()

type Who = 'planner' | 'applier' | 'limited'

/** A control plane on which the product does nothing. */
export interface Bare {
  readonly plane: ControlPlane
  readonly accounts: Readonly<Record<Who, Account>>
  readonly clients: Readonly<Record<Who, Client>>
}

const account = (name: Who): Account => ({ email: `${name}@example.com`, token: `token-of-${name}` })
const accounts = { planner: account('planner'), applier: account('applier'), limited: account('limited') }

/** Tests of what these tests themselves are made of. Skipped, and said so, where Go is missing. */
export const onBarePlane = (title: string, tests: (bare: () => Bare) => void): void => {
  if (!here) process.stderr.write(`SKIPPED: ${title}: Go is not on PATH, so there is no control plane\n`)
  const suite = here ? describe : describe.skip
  suite(title, () => {
    let running: Bare | undefined
    beforeAll(async () => {
      const say = (line: string): void => void process.stderr.write(`${line}\n`)
      const plane = await startControlPlane({ ...accounts, say })
      const as = ({ token }: Account) => createClient(`https://${plane.endpoint}`, plane.authority, token)
      const { planner, applier, limited } = accounts
      running = {
        plane,
        accounts,
        clients: { planner: as(planner), applier: as(applier), limited: as(limited) },
      }
    }, 1_800_000)
    afterAll(async () => {
      for (const client of Object.values(running?.clients ?? {})) await client.close()
      await running?.plane.close()
    }, 60_000)
    tests(() => {
      if (running === undefined) throw new Error('the control plane does not run')
      return running
    })
  })
}
