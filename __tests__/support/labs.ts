import type { EnvironmentText } from '../../src/commands/load.ts'
import { everyGoogleKind } from './files.ts'

/** So many environments of one project, each with every kind of Google's side. */
export const labs = (count: number): readonly EnvironmentText[] =>
  Array.from({ length: count }, (_, index) => ({
    path: `environments/lab${index}.yaml`,
    text: everyGoogleKind.replaceAll(/\blab\b/g, `lab${index}`),
  }))

/** An environment that is nothing but so many grants on its project. */
export const granting = (count: number): EnvironmentText => {
  const members = Array.from(
    { length: count },
    (_, index) => `  - {role: roles/${roles[index % roles.length]}, member: "user:person${index}@acme.com"}`,
  )
  const text = `project: acme-ml\nlocation: us-central1\nservices: [cloudresourcemanager]\nprojectIam:\n${members.join('\n')}\n`
  return { path: 'environments/grants.yaml', text }
}

const roles = ['viewer', 'browser', 'cloudsql.viewer', 'container.viewer', 'logging.viewer']
