import { z } from 'zod'
import type { Identities } from '../compose.ts'
import type { Hosting } from '../core/hosting.ts'
import { type Problem, ProblemsError } from '../core/problem.ts'
import { explain, ownSentence } from '../environment/explain.ts'
import { toObject } from '../environment/tree.ts'
import { parseYaml } from '../environment/yaml.ts'
import { type Inputs, providerName } from './inputs.ts'

/** Where a repository says who plans and who applies in each project. */
export const identitiesFile = '.github/slipway.yaml'

const email = z.string().regex(/^[^@\s]+@[^@\s]+$/, 'is not the e-mail of a service account')

const fileSchema = z.strictObject({
  projects: z.record(
    z.string(),
    z.strictObject({ provider: providerName, planner: email.optional(), applier: email.optional() }),
  ),
})

/** Identities by project, or what is wrong with the file. Pure. */
export const parseIdentities = (
  text: string,
):
  | { readonly projects: Readonly<Record<string, Identities>> }
  | { readonly problems: readonly Problem[] } => {
  const { tree, problems } = parseYaml(identitiesFile, text)
  const start = { file: identitiesFile, line: 1, column: 1 }
  if (problems.length > 0) return { problems }
  if (tree?.type !== 'map') return { problems: [{ message: 'expected `projects:`.', position: start }] }
  const parsed = fileSchema.safeParse(toObject(tree), ownSentence)
  if (parsed.success) return parsed.data
  const schema = JSON.parse(JSON.stringify(z.toJSONSchema(fileSchema)))
  return { problems: explain(parsed.error.issues, { tree, schema, start }) }
}

/** The text of the identities' file at a commit; undefined if there is none. @throws GitHubError */
export const identitiesText = async (hosting: Hosting, commit: string): Promise<string | undefined> => {
  const found = (await hosting.files(commit, '.github')).find(({ path }) => path === identitiesFile)
  return found === undefined ? undefined : hosting.text(found.blob)
}

/**
 * Who plans and applies in a project: as the file at a trusted commit says, else as the inputs do.
 * @throws ProblemsError for a file that cannot be used; GitHubError
 */
export const identitiesAt = async (
  hosting: Hosting,
  commit: string,
  { provider, planner, applier }: Inputs,
): Promise<(project: string) => Identities> => {
  const text = await identitiesText(hosting, commit)
  const file = text === undefined ? { projects: {} } : parseIdentities(text)
  if ('problems' in file) throw new ProblemsError(file.problems)
  const { projects } = file
  return project =>
    (Object.hasOwn(projects, project) ? projects[project] : undefined) ?? { provider, planner, applier }
}
