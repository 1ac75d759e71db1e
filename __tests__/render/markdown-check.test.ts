import { describe, expect, test } from '@jest/globals'
import { faultsOf } from './markdown-check.ts'

const ours = 'https://github.com/acme/platform'
const marker = '<!-- slipway:plan {} -->'
const faults = (body: string) => faultsOf(`${marker}\n${body}\n`, [ours])

describe('the check of comments', () => {
  test.each([
    'plain words, **bold**, `@octocat`, `acme/platform#7`',
    `[commit \`c05be12\`](${ours}/commit/c05be12f0c1e2d3f4a5b6c7d8e9f0a1b2c3d4e5f)`,
    '```diff\n@@ -1 +1 @@\n+ https://evil.example #1\n```',
    // Not emphasis: what is closed would have to be followed by a blank or a sign.
    '**@**octocat',
    '<details><summary>3 <code>&#64;octocat</code> more</summary>\n\n- one\n\n</details>',
    '<sub>read by `x@y.example`</sub>',
    '| a | b |\n|---|---|\n| `@x` | <code>a&#124;b</code> |',
  ])('takes %j', body => {
    expect(faults(body)).toEqual([])
  })

  test.each([
    '@octocat',
    '(@acme/admins)',
    '&#64;octocat',
    '&#x40;octocat',
    '\\@octocat',
    '@**octocat**',
    '<sub>@</sub>octocat',
    'acme/platform#7',
    'octocat#7',
    '&#35;7',
    'fixes \\#3',
    'GH-12',
    'at 9d1f77a0c1e2d3f4a5b6c7d8e9f0a1b2c3d4e5f6',
    ':tada:',
    'https&#58;//evil.example',
    'https://evil.example/x',
    'www.evil.example',
    '[x](https://evil.example)',
    '![x](https://github.com/acme/platform/x.png)',
    '<code>@octocat',
    'a <code>b\n\n@octocat',
    'a</code> @octocat',
    '<sub>small',
    'small</sub>',
    '<details><summary>x</summary>\n\nwords',
    'words\n\n</details>',
    '<b>bold</b>',
    '```\nnever closed',
    '| a | b |\n|---|---|\n| one | <code>two|three</code> |',
    '<!-- slipway:plan {} -->',
    'right\u202eleft',
  ])('sees what is wrong with %j', body => {
    expect(faults(body)).not.toEqual([])
  })
})
