/**
 * Makes pictures of comments as GitHub shows them, from real output.
 * - `npm run picture` makes docs/images/comment.png, the README's: the comment on the second pull request of `slipway demo`.
 * - `npm run picture -- --to FOLDER [NAME…]` makes the comments of the stories (all, or those named) as wide as a desk and
 *   as narrow as a phone, light and dark; `--unfolded` with all folds open. What the action wrote lies beside them as text.
 *
 * They need Chromium on PATH, or its path in CHROMIUM (Debian: `apt-get install chromium`), Helm, as the demo does, and npm's
 * registry, for GitHub's style sheet and the library that draws diagrams; both are fetched into a temporary folder.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Chromium, startChromium } from './picture/chromium.ts'
import { missing } from './picture/missing.ts'
import { packaged } from './picture/packages.ts'
import { commentPage } from './picture/page.ts'
import { stories } from './picture/stories.ts'

const root = resolve(import.meta.dirname, '..')
const readme = join(root, 'docs', 'images', 'comment.png')
const [desk, phone] = [980, 390]
const most = 200 * 1024

/** The comment on the demo's second pull request. */
const demoComment = (): string => {
  const output = execFileSync(process.execPath, [join(root, 'src', 'cli.ts'), 'demo'], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const found = /^The comment on #2:\n\n([\s\S]*?<\/sub>)$/m.exec(output)?.[1]
  return (
    found ??
    missing('The demo printed no comment on its second pull request.', 'Run `npm run demo` and see why.')
  )
}

/** Takes a picture of a comment. */
type Camera = (markdown: string, target: string, width: number, dark?: boolean) => Promise<void>

const withCamera = async (unfolded: boolean, work: (camera: Camera) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-picture-'))
  let browser: Chromium | undefined
  try {
    browser = await startChromium(join(folder, 'profile'))
    const { picture } = browser
    const style = (look: string): string =>
      packaged(folder, 'github-markdown-css@5.9.0', `github-markdown-${look}.css`)
    const styles = { light: style('light'), dark: style('dark') }
    const mermaid = packaged(folder, 'mermaid@12.3.0', 'dist/mermaid.min.js')
    await work(async (markdown, target, width, dark = false) => {
      const page = join(folder, 'comment.html')
      writeFileSync(
        page,
        commentPage(markdown, { css: styles[dark ? 'dark' : 'light'], dark, mermaid, unfolded }),
      )
      const { png, height } = await picture(page, width)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, png)
      process.stdout.write(`${target}: ${width} × ${height}, ${Math.round(png.length / 1024)} KB\n`)
      if (target === readme && png.length > most)
        missing(`It has more than ${most} bytes.`, 'Make the picture smaller.')
    })
  } finally {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const { values, positionals } = parseArgs({
  options: { to: { type: 'string' }, unfolded: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const told = stories.flatMap(({ tells }) => tells)
const unknown = positionals.filter(name => !told.includes(name))
if (unknown.length > 0) missing(`No story tells ${unknown.join(', ')}.`, `There are: ${told.join(', ')}.`)
const isWanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name)
const looks = [desk, phone].flatMap(width => [false, true].map(dark => ({ width, dark })))

const takeStories = async (camera: Camera, folder: string): Promise<void> => {
  for (const { tell } of stories.filter(({ tells }) => tells.some(isWanted)))
    for (const [name, text] of Object.entries(await tell()).filter(([name]) => isWanted(name))) {
      for (const { width, dark } of looks)
        await camera(text, join(folder, `${name}-${width}-${dark ? 'dark' : 'light'}.png`), width, dark)
      writeFileSync(join(folder, `${name}.md`), text)
    }
}

await withCamera(values.unfolded, camera =>
  values.to === undefined ? camera(demoComment(), readme, desk) : takeStories(camera, resolve(values.to)),
)
