import type { Meanings } from './meanings.ts'

/** What the settings of `releases` mean. */
export const releases: Meanings = {
  'releases.repository':
    'Where the chart comes from: `https://…`, or `oci://…` without the chart’s own name.',
  'releases.chart': 'Name of the chart.',
  'releases.version': 'Exact version of the chart.',
  'releases.sha256': 'The chart’s archive must have this digest.',
  'releases.namespace': 'Namespace that it goes to; it stands in `namespaces`.',
  'releases.timeoutMinutes': 'How long its pods may take to become ready.',
  'releases.health': 'What must answer after each change.',
  'releases.health.url':
    'Address that is asked; it may refer to an output, as in `{$text: ["http://", {$ref: "address/NAME#address"}]}`.',
  'releases.health.login':
    'Address of a `secret` whose payload is `user:password`, or a value of the runner.',
  'releases.health.login.env': 'Name of a value that the runner holds.',
  'releases.health.login.version': 'Raise it when that value changes.',
  'releases.health.expect': 'What the answer must say.',
  'releases.health.expect.status': 'Its `status`.',
  'releases.health.expect.version': 'Its `version`.',
  'releases.backupBefore':
    'Address of a `sql-instance` that is backed up before another chart version goes in.',
  'releases.after': 'Addresses of what must be there first.',
}
