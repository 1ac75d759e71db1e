import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { commands } from '../../src/action/inputs.ts'
import { grants } from './world.ts'

const root = resolve(import.meta.dirname, '..', '..')
const folder = join(root, '.github', 'workflows')

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly uses?: string
  readonly steps?: readonly Step[]
  readonly if?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, unknown>>
  readonly environment?: unknown
  readonly concurrency?: unknown
  readonly strategy?: Readonly<Record<string, unknown>>
}
interface Workflow {
  readonly on: Readonly<Record<string, { readonly inputs?: object; readonly secrets?: object } | null>>
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const read = (path: string): Workflow => parse(readFileSync(path, 'utf8'))
const names = readdirSync(folder).filter(name => name.endsWith('.yml'))
const workflows = [
  ...names.map(name => [name, join(folder, name)] as const),
  ['the example', join(root, 'docs', 'examples', 'slipway.yml')] as const,
]
/** As a workflow writes it. */
const expression = (name: string): string => `$\{{ ${name} }}`
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'))
const job = (file: string, name: string): Job => read(join(folder, file)).jobs[name] ?? {}

describe.each(workflows)('%s', (_, path) => {
  const workflow = read(path)
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap(one => one.steps ?? [])

  test('grants nothing at the top, and each job its own', () => {
    expect(workflow.permissions).toEqual({})
    for (const one of jobs) expect(one.permissions).toBeDefined()
  })
  test('is not started by events that hand out secrets to strangers', () => {
    for (const event of ['pull_request_target', 'workflow_run', 'issue_comment'])
      expect(workflow.on).not.toHaveProperty(event)
  })
  test('pins what others make by commit, with the version beside it', () => {
    const text = readFileSync(path, 'utf8')
    const used = steps.flatMap(({ uses }) => (uses === undefined || uses === '$/' ? [] : [uses]))
    for (const uses of used) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
      expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\\n`))
    }
  })
  test('puts no expression into a script', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{')
  })
  test('leaves no token behind in a checkout', () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with).toMatchObject({ 'persist-credentials': false })
  })
  test('gives the action only inputs that it has', () => {
    for (const step of steps.filter(({ uses }) => uses === '$/'))
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})))
  })
  test('gives the reusable workflows only what they take, and all that they ask for', () => {
    const rank = { read: 1, write: 2 } as Readonly<Record<string, number>>
    for (const caller of jobs.filter(({ uses }) => uses !== undefined)) {
      const file = /workflows\/(\w+\.yml)/.exec(caller.uses ?? '')?.[1] ?? ''
      const called = read(join(folder, file))
      const takes = called.on.workflow_call
      expect(Object.keys(takes?.inputs ?? {})).toEqual(expect.arrayContaining(Object.keys(caller.with ?? {})))
      expect(Object.keys(takes?.secrets ?? {})).toEqual(
        expect.arrayContaining(Object.keys(caller.secrets ?? {})),
      )
      for (const inner of Object.values(called.jobs)) {
        for (const [name, level] of Object.entries(inner.permissions ?? {}))
          expect([name, (rank[caller.permissions?.[name] ?? ''] ?? 0) >= (rank[level] ?? 9)]).toEqual([
            name,
            true,
          ])
      }
    }
  })
})

describe('the pipeline', () => {
  test('asks for what the tests of the action grant', () => {
    expect(job('plan.yml', 'plan').permissions).toEqual(grants.plan)
    expect(job('apply.yml', 'select').permissions).toEqual(grants.select)
    expect(job('apply.yml', 'apply').permissions).toEqual(grants.apply)
    expect(job('apply.yml', 'report').permissions).toEqual(grants.report)
  })
  test('applies one environment at a time, each under its own protection, and loses no run', () => {
    expect(job('apply.yml', 'apply')).toMatchObject({
      environment: { name: expression('matrix.environment'), deployment: false },
      concurrency: { group: `slipway-apply-${expression('matrix.environment')}`, queue: 'max' },
      strategy: { 'fail-fast': false },
    })
    expect(job('apply.yml', 'apply').concurrency).not.toHaveProperty('cancel-in-progress')
  })
  test('has a check that also speaks when something before it failed', () => {
    for (const file of ['plan.yml', 'apply.yml', 'ci.yml']) expect(job(file, 'check').if).toBe('always()')
  })
  test('keeps the plan under the name by which apply looks for it', () => {
    const upload = job('plan.yml', 'plan').steps?.find(({ uses }) =>
      uses?.startsWith('actions/upload-artifact'),
    )
    expect(upload?.with).toMatchObject({ name: `slipway-plan-${expression('github.run_attempt')}` })
  })
})

describe('action.yml', () => {
  test('is what the Marketplace wants, and runs on Node 24', () => {
    expect(action).toMatchObject({
      name: expect.any(String),
      description: expect.any(String),
      author: expect.any(String),
      branding: { icon: expect.any(String), color: expect.any(String) },
      runs: { using: 'node24', main: 'dist/index.js' },
    })
    expect(action.description.length).toBeLessThanOrEqual(125)
  })
  test('documents every command and reads every input', () => {
    for (const command of commands) expect(action.inputs.command.description).toContain(command)
    const source = readFileSync(join(root, 'src', 'action', 'inputs.ts'), 'utf8')
    for (const name of Object.keys(action.inputs)) expect(source).toContain(`'${name}'`)
  })
  test('gives every output that it documents', () => {
    const source = readdirSync(join(root, 'src', 'action'))
      .map(name => readFileSync(join(root, 'src', 'action', name), 'utf8'))
      .join('\n')
    const given = [...source.matchAll(/\.output\(\s*'([\w-]+)'/g)].map(([, name]) => name)
    expect([...new Set(given)].sort()).toEqual(Object.keys(action.outputs).sort())
  })
})
