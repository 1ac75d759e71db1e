import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fileAt } from '../../src/cli/repository.ts'

let root = ''
const git = (...words: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...words], {
    cwd: root,
    encoding: 'utf8',
  }).trim()

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-repository-'))
  git('init', '--quiet')
  await mkdir(join(root, 'below', 'environments'), { recursive: true })
  await writeFile(join(root, 'below', 'environments', 'a.yaml'), 'ä: 1\n')
  git('add', '.')
  git('commit', '--quiet', '--message', 'one\n\nstaging.yaml blob 3')
  git('tag', '--annotate', '--message', 'a tag', 'v1')
  await writeFile(join(root, 'below', 'environments', 'a.yaml'), 'ä: 2\n')
  git('commit', '--quiet', '--all', '--message', 'two')
})
afterAll(() => rm(root, { recursive: true }))

describe('a file at a Git reference', () => {
  test.each(['HEAD~1', 'v1'])(
    'is what it was at %s, with its commit and its blob, below the root too',
    async reference => {
      expect(await fileAt(join(root, 'below'), reference, 'environments/a.yaml')).toEqual({
        commit: git('rev-parse', 'HEAD~1'),
        blob: git('rev-parse', 'HEAD~1:below/environments/a.yaml'),
        text: 'ä: 1\n',
      })
    },
  )
  test.each([
    ['HEAD', 'environments/b.yaml'],
    ['HEAD', 'environments'],
    ['nowhere', 'environments/a.yaml'],
    ['nowhere\nHEAD', 'environments/a.yaml'],
  ])('is an error where it is not there: %j, %s', async (reference, path) => {
    await expect(fileAt(join(root, 'below'), reference, path)).rejects.toThrow(
      `${path} is not in ${reference}.`,
    )
  })
  test('is an error outside of a repository', async () => {
    await expect(fileAt(tmpdir(), 'HEAD', 'a.yaml')).rejects.toThrow('a.yaml is not in HEAD.')
  })
})
