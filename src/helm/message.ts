/**
 * What helm wrote, for people: the chart's own words, without the advice to use `--debug` and without the wrapper
 * around the place in a template, of which file and line stay.
 */
export const cleaned = (stderr: string): string => {
  const kept = stderr
    .split('\n')
    .filter(
      line => !/^Use --debug flag|^(level=|I\d{4} |W\d{4} |WARNING: Kubernetes configuration)/.test(line),
    )
    .join('\n')
    .trim()
  const plain = kept.replace(/^(Error: )+/, '')
  const execution =
    /^(?:(\w[\w ]*): )?execution error at \(([^()]+?\.(?:ya?ml|txt|tpl)):(\d+)(?::\d+)?\): ([\s\S]*)$/.exec(
      plain,
    )
  if (execution === null) return plain
  const [, , file = '', line = '', words = ''] = execution
  return `${words.trim()} (${file}:${line})`
}
