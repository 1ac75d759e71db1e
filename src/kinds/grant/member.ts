/**
 * A member in the form in which members are compared: e-mails and domains in lower case, as IAM keeps them. Workload
 * identities (`serviceAccount:P.svc.id.goog[NS/KSA]`), principals and deleted members keep their case.
 */
export const normalMember = (member: string): string =>
  /^(user|group|domain|serviceAccount):[^[]*$/i.test(member) ? withKind(member) : member

const withKind = (member: string): string => {
  const [kind = '', ...rest] = member.split(':')
  return `${kind}:${rest.join(':').toLowerCase()}`
}

/** The e-mail of a service account, or the pool of a workload identity: what IAM says does not exist yet. */
export const newcomer = (member: string): string | undefined => {
  const name = /^serviceAccount:(.+)$/.exec(member)?.[1]
  return name === undefined ? undefined : name.replace(/\[.*$/, '').toLowerCase()
}
