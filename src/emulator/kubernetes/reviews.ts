import type { Json, JsonObject } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import type { Access, Authorize, User } from './authorize.ts'
import { refusal } from './authorize.ts'
import { listAt, objectAt, textAt } from './object.ts'

const accessOf = (attributes: JsonObject): Access => {
  const sub = textAt(attributes, 'subresource')
  const plural = textAt(attributes, 'resource')
  return {
    verb: textAt(attributes, 'verb'),
    group: textAt(attributes, 'group'),
    resource: sub === '' ? plural : `${plural}/${sub}`,
    namespace: textAt(attributes, 'namespace'),
    name: textAt(attributes, 'name'),
  }
}

const reviewed = (user: User, given: JsonObject, kind: string, authorize: Authorize): JsonObject => {
  const access = accessOf(objectAt(given, 'spec', 'resourceAttributes'))
  const allowed = authorize(user, access)
  const status = allowed ? { allowed } : { allowed, reason: refusal(user, access) }
  return { ...given, kind, apiVersion: 'authorization.k8s.io/v1', status }
}

/** Answers the reviews that store nothing; undefined for any other path. */
export const answerReview = (
  path: string,
  body: Json,
  user: User,
  authorize: Authorize,
): JsonObject | undefined => {
  const given = isObject(body) ? body : {}
  switch (path) {
    case '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews':
      return reviewed(user, given, 'SelfSubjectAccessReview', authorize)
    case '/apis/authorization.k8s.io/v1/subjectaccessreviews': {
      const groups = listAt(given, 'spec', 'groups').filter(group => typeof group === 'string')
      return reviewed(
        { user: textAt(given, 'spec', 'user'), groups },
        given,
        'SubjectAccessReview',
        authorize,
      )
    }
    case '/apis/authentication.k8s.io/v1/selfsubjectreviews':
      return {
        kind: 'SelfSubjectReview',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {},
        status: { userInfo: { username: user.user, groups: user.groups } },
      }
    default:
      return undefined
  }
}
