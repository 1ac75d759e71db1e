import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { showProblem } from '../src/core/problem.ts'
import { loadEnvironment } from '../src/environment/load.ts'
import { kinds } from '../src/kinds/registry.ts'
import { roleUses } from '../src/setup/roles.ts'

const root = resolve(import.meta.dirname, '..')

const below = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => join(root, folder, name))

const pages = [
  ...readdirSync(root)
    .filter(name => name.endsWith('.md'))
    .map(name => join(root, name)),
  ...below('docs', '.md'),
]
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The anchors of a page, as GitHub makes them from its headings. */
const anchorsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Links of a page that stay in the repository; code does not count. */
const linksOf = (file: string): readonly string[] => {
  const prose = readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target))
}

/** The environment files that a page shows whole, each under the name that stands nearest above it. */
const filesIn = (page: string): readonly (readonly [file: string, text: string])[] => {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].flatMap(
    ({ 1: indent = '', 2: code = '', index }) => {
      const own = code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      if (!/^project:/m.test(own) || !/^location:/m.test(own)) return []
      const names = [...`${text.slice(0, index)}${own}`.matchAll(/environments\/[a-z]+\.yaml/g)]
      return [[names.at(-1)?.[0] ?? 'environments/staging.yaml', own] as const]
    },
  )
}

describe('documents', () => {
  test('the environment files that they show are right', () => {
    const shown = pages.flatMap(page => filesIn(page).map(([file, text]) => ({ page, file, text })))
    expect(shown.length).toBeGreaterThan(8)
    const wrong = shown.flatMap(({ page, file, text }) => {
      const loaded = loadEnvironment(file, text, {
        applierOf: () => 'applier@acme-ml.iam.gserviceaccount.com',
      })
      return 'problems' in loaded
        ? loaded.problems.map(problem => `${relative(root, page)}: ${showProblem(problem)}`)
        : []
    })
    expect(wrong).toEqual([])
  })

  test('every relative link leads somewhere, to a heading too', () => {
    const broken = pages.flatMap(file =>
      linksOf(file)
        .filter(link => {
          const [path = '', anchor] = link.split('#')
          const target = path === '' ? file : resolve(dirname(file), path)
          if (!existsSync(target)) return true
          return anchor !== undefined && !anchorsOf(target).includes(anchor)
        })
        .map(link => `${relative(root, file)}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  test('every document that the sources name is there', () => {
    const named = below('src', '.ts').flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/(?<![\w./])docs\/[\w./-]*\w/g)].map(([path]) => path),
    )
    expect(named.length).toBeGreaterThan(0)
    expect([...new Set(named)].filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  test('the npm scripts that documents name are there', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    const named = pages.flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/\bnpm (?:run )?(test|(?<=run )[\w:]+)/g)].map(
        ([, name = '']) => name,
      ),
    )
    expect([...new Set(named)].sort()).toEqual(expect.arrayContaining(['demo', 'test']))
    expect([...new Set(named)].filter(name => !Object.hasOwn(scripts, name))).toEqual([])
  })

  test('the commands and options that the README names are those of the command line', () => {
    const source = textOf('src/cli.ts')
    const commands = [...source.matchAll(/\.command\('([a-z]+)'\)/g)].map(([, name = '']) => name)
    const section = textOf('README.md').split('## The command')[1]?.split('\n## ')[0] ?? ''
    const named = new Set([...section.matchAll(/`slipway ([a-z]+)/g)].map(([, name = '']) => name))
    expect([...named].sort()).toEqual([...commands].sort())
    const options = [...source.matchAll(/\.option\('(--[a-z-]+)/g)].map(([, name = '']) => name)
    const shown = new Set([...section.matchAll(/(--[a-z][a-z-]+)/g)].map(([, name = '']) => name))
    expect([...shown].sort()).toEqual([...new Set(options)].sort())
  })

  test('the README lists the inputs and outputs of the action', () => {
    const [inputs = '', outputs = ''] = textOf('action.yml').split(/^outputs:$/m)
    const keys = (text: string) => [...text.matchAll(/^ {2}([a-z-]+):/gm)].map(([, key = '']) => key)
    const wanted = [...keys(inputs.split(/^inputs:$/m)[1] ?? ''), ...keys(outputs.split(/^runs:$/m)[0] ?? '')]
    expect(wanted).toContain('command')
    expect(wanted).toContain('plan-path')
    const section = textOf('README.md').split('## The action')[1]?.split('### Permissions')[0] ?? ''
    const rows = section.split('\n').flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)])
    expect(rows.map(([, name = '']) => name).sort()).toEqual([...wanted].sort())
  })

  test('the permissions that the README lists are those that the workflows ask for', () => {
    const section = textOf('README.md').split('### Permissions')[1]?.split('\n## ')[0] ?? ''
    const asked = ['plan', 'apply'].flatMap(name =>
      [...textOf(`.github/workflows/${name}.yml`).matchAll(/^ {6}([a-z-]+): (read|write)\b/gm)].map(
        ([, permission = '', level = '']) => ({ permission, level }),
      ),
    )
    expect(asked.length).toBeGreaterThan(8)
    const unlisted = asked.filter(
      ({ permission, level }) =>
        !section.includes(`${permission}: ${level}`) && !section.includes(`\`${permission}\``),
    )
    expect(unlisted).toEqual([])
  })

  test('the set-up lists the roles of both identities as they are given, and what each is for', () => {
    const rows = [
      ...textOf('docs/set-up.md').matchAll(/^\| (?:planner|applier)? ?\| `(roles\/[\w.]+)` \| (.+) \|$/gm),
    ]
    expect(rows.map(([, role, use]) => ({ role, use }))).toEqual([...roleUses.planner, ...roleUses.applier])
  })

  test('ownership has a row for every kind, and no other', () => {
    const rows = [...textOf('docs/ownership.md').matchAll(/^\| \*\*([a-z-]+)\*\*/gm)].map(
      ([, kind = '']) => kind,
    )
    expect(rows.sort()).toEqual(kinds.map(({ kind }) => kind).sort())
  })

  test.each([
    ['the table of effects is what the rules say', 'scripts/generate-effects.ts'],
    ['every message of a refusal or a failure is listed, with its way out', 'scripts/generate-messages.ts'],
  ])('%s', (_, script) => {
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  test('the messages that troubleshooting explains are said somewhere', () => {
    const bare = (text: string) => text.replace(/\\?[`'’"]/g, '').replace(/\s+/g, ' ')
    const said = bare(
      below('src', '.ts')
        .map(file => readFileSync(file, 'utf8'))
        .join('\n'),
    )
    const [written = ''] = textOf('TROUBLESHOOTING.md').split('<!-- Generated')
    const shown = [...written.matchAll(/^(?:\| |\*\*|- )(`.*)/gm)].flatMap(([, line = '']) =>
      [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
    )
    const partsOf = (text: string) =>
      bare(text)
        .split(/\b[A-Z]{2,}\b|\b[A-Z]\b|…|\.\.\.|\d+|[.;:?] /)
        .map(part => part.replace(/^[\s.,:;(#]+|[\s.,:;)?]+$/g, ''))
        .filter(part => part.split(' ').length > 2)
    expect(shown.flatMap(partsOf).length).toBeGreaterThan(80)
    const unsaid = shown.flatMap(text => partsOf(text).filter(part => !said.includes(part)))
    expect(unsaid).toEqual([])
  })
})
