/**
 * Makes docs/images/comment.png, the README's picture: the comment on the second pull request of `slipway demo`, as GitHub
 * shows it. Run `npm run picture`. It needs
 * - Chromium on PATH, or its path in CHROMIUM (Debian: `apt-get install chromium`),
 * - Helm, as the demo does,
 * - npm's registry, for GitHub's style sheet, which is fetched into a temporary folder.
 */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { commentPage } from './comment-page.ts'

const root = resolve(import.meta.dirname, '..')
const target = join(root, 'docs', 'images', 'comment.png')
const style = 'github-markdown-css@5.9.0'
const width = 980
const most = 200 * 1024

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars'],
]

/** Ends the program with what is missing and how to have it. */
const missing = (what: string, how: string): never => {
  process.stderr.write(`${what}\n  ${how}\n`)
  process.exit(1)
}

const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const findChromium = (): string => {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const places = (process.env.PATH ?? '').split(delimiter)
  const found = [
    process.env.CHROMIUM ?? '',
    ...places.flatMap(place => names.map(name => join(place, name))),
  ].find(path => path !== '' && executable(path))
  return (
    found ??
    missing(
      'There is no Chromium to take the picture with.',
      'Install it (Debian and Ubuntu: apt-get install chromium), or set CHROMIUM to its path.',
    )
  )
}

/** GitHub's style sheet, light. */
const styleSheet = (folder: string): string => {
  try {
    execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, style], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    const said = error instanceof Error ? error.message.trim() : String(error)
    missing(
      `GitHub's style sheet (${style}) could not be fetched: ${said}`,
      'Check the way to the npm registry, and run again.',
    )
  }
  return readFileSync(
    join(folder, 'node_modules', 'github-markdown-css', 'github-markdown-light.css'),
    'utf8',
  )
}

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

const browser = findChromium()
const folder = mkdtempSync(join(tmpdir(), 'slipway-picture-'))
const run = (...words: readonly string[]): string =>
  execFileSync(browser, [...flags, `--user-data-dir=${join(folder, 'profile')}`, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
const page = join(folder, 'comment.html')
const measured =
  '<script>document.title = String(document.documentElement.getBoundingClientRect().height)</script>'
writeFileSync(page, commentPage(demoComment(), { css: styleSheet(folder), dark: false }) + measured)
const url = pathToFileURL(page).href
const dom = run(`--window-size=${width},600`, '--dump-dom', url)
const height = Math.ceil(Number(/<title>([\d.]+)<\/title>/.exec(dom)?.[1] ?? 0))
if (height === 0) missing('Chromium did not say how high the comment is.', 'Try another version of it.')
mkdirSync(dirname(target), { recursive: true })
run(`--window-size=${width},${height}`, `--screenshot=${target}`, url)
rmSync(folder, { recursive: true, force: true })
const size = readFileSync(target).length
if (size > most) missing(`${target} has ${size} bytes, more than ${most}.`, 'Make the picture smaller.')
process.stdout.write(`${target}: ${width} × ${height}, ${Math.round(size / 1024)} KB\n`)
