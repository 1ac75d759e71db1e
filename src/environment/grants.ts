import type { Json, JsonObject } from '../core/json.ts'
import type { Source } from '../core/problem.ts'
import { grantName } from '../kinds/grant/index.ts'
import { grantSettings } from '../kinds/grant/schema.ts'
import type { DocumentItem, ItemContext } from './item.ts'
import { type MapTree, mapAt, memberOf, type Tree, toJson } from './tree.ts'

/** The e-mail of a service account of a project. */
export const emailOf = (id: string, project: string): string => `${id}@${project}.iam.gserviceaccount.com`

/** The member that stands for a Kubernetes service account; `pair` is NAMESPACE/SERVICE-ACCOUNT. */
export const workloadMember = (project: string, pair: string): string =>
  `serviceAccount:${project}.svc.id.goog[${pair}]`

/** The member that stands for whoever applies. */
const applierMember = (email: string): string =>
  email.endsWith('gserviceaccount.com') ? `serviceAccount:${email}` : `user:${email}`

/** Everything in a document that is a role of somebody on something; the same grant twice is one. */
export const grantItems = (document: MapTree, context: ItemContext): readonly DocumentItem[] => {
  const items = [
    ...[...mapAt(document, 'serviceAccounts').members].flatMap(([name, { value }]) =>
      accountGrants(name, value, context),
    ),
    ...projectGrants(document, context),
  ]
  return [...new Map(items.map(item => [item.name, item])).values()]
}

const accountGrants = (name: string, account: Tree, context: ItemContext): readonly DocumentItem[] => {
  const { project } = context.header
  const id = memberOf(account, 'id')?.value
  const email = emailOf(id?.type === 'leaf' ? String(id.value) : name, project)
  const after = [`service-account/${name}`]
  const own = { project, serviceAccount: email }
  return [
    ...listAt(account, 'roles').map(role =>
      grant(
        { role: toJson(role), member: `serviceAccount:${email}`, target: { project }, after },
        role.source,
      ),
    ),
    ...listAt(account, 'grants').flatMap(entry => membersGrant(entry, own, after, context)),
    ...listAt(account, 'workloadIdentity').map(pair =>
      grant(
        {
          role: 'roles/iam.workloadIdentityUser',
          member: workloadMember(project, String(toJson(pair))),
          target: own,
          // The pool is per project and appears with the first cluster that uses it.
          after: [...after, ...clusterAddress(context)],
        },
        pair.source,
      ),
    ),
  ]
}

const clusterAddress = ({ clusterAddress: address }: ItemContext): readonly string[] =>
  address === undefined ? [] : [address]

const projectGrants = (document: MapTree, context: ItemContext): readonly DocumentItem[] =>
  listAt(document, 'projectIam').flatMap(entry =>
    membersGrant(entry, { project: context.header.project }, [], context),
  )

/** A grant as the file writes it. `applier` is left out while nobody says who that is. */
const membersGrant = (
  entry: Tree,
  target: JsonObject,
  after: readonly string[],
  { applier }: ItemContext,
): readonly DocumentItem[] => {
  const written = toJson(entry) as JsonObject
  if (written.member !== 'applier') return [grant({ ...written, target, after }, entry.source)]
  return applier === undefined
    ? []
    : [grant({ ...written, member: applierMember(applier), target, after }, entry.source)]
}

const grant = (settings: Json, source: Source): DocumentItem => ({
  kind: 'grant',
  name: grantName(grantSettings.parse(settings)),
  settings,
  sources: { '': source },
})

const listAt = (tree: Tree, key: string): readonly Tree[] => {
  const list = memberOf(tree, key)?.value
  return list?.type === 'list' ? list.items : []
}
