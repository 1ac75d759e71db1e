import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'

/** How a page of a comment is made. */
export interface PageOptions {
  /** A style sheet that calls a comment `.markdown-body`, as github-markdown-css does. */
  readonly css: string
  readonly dark: boolean
  /** mermaid's script. */
  readonly mermaid: string
  /** With everything that a comment folds away. */
  readonly unfolded: boolean
}

/** A comment as GitHub shows it: its Markdown with alerts, coloured differences and diagrams. */
export const commentPage = (markdown: string, { css, dark, mermaid, unfolded }: PageOptions): string => {
  const options = { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true }
  const whole = diagrams(coloured(alerts(micromark(markdown, options))))
  const body = unfolded ? whole.replaceAll('<details>', '<details open>') : whole
  const [background, border] = dark ? ['#0d1117', '#3d444d'] : ['#ffffff', '#d1d9e0']
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>${css}
html { background: ${background}; color-scheme: ${dark ? 'dark' : 'light'} }
body { margin: 0; padding: 16px }
.markdown-body { font-size: 14px; line-height: 1.5; padding: 16px; border: 1px solid ${border}; border-radius: 6px }
</style>
<article class="markdown-body">${body}</article>
${body.includes(diagram) ? drawing(mermaid, dark) : ''}`
}

const diagram = '<pre class="mermaid">'

const diagrams = (html: string): string =>
  html.replaceAll(
    /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
    (_, text: string) => `${diagram}${text}</pre>`,
  )

const drawing = (mermaid: string, dark: boolean): string => `<script>${mermaid}</script><script>
mermaid.initialize({ startOnLoad: false, theme: '${dark ? 'dark' : 'default'}' })
window.drawn = mermaid.run()
</script>`

/** `> [!WARNING]` and its like (docs.github.com, "Alerts"). */
const alerts = (html: string): string =>
  html.replaceAll(
    /<blockquote>\s*<p>\[!([A-Z]+)\]\s*([\s\S]*?)<\/blockquote>/g,
    (_, kind: string, rest: string) =>
      `<div class="markdown-alert markdown-alert-${kind.toLowerCase()}"><p class="markdown-alert-title">${
        kind.charAt(0) + kind.slice(1).toLowerCase()
      }</p><p>${rest}</div>`,
  )

/** Classes of GitHub's highlighter, by the first character of a line. */
const classes: Readonly<Record<string, string>> = { '+': 'pl-mi1', '-': 'pl-md', '!': 'pl-mc' }

const coloured = (html: string): string =>
  html.replaceAll(/<code class="language-diff">([\s\S]*?)<\/code>/g, (_, text: string) => {
    const lines = text.split('\n').map(line => {
      const name = classes[line.charAt(0)]
      return name === undefined ? line : `<span class="${name}">${line}</span>`
    })
    return `<code>${lines.join('\n')}</code>`
  })
