import { readFile } from 'node:fs/promises'

/** One request, as the API server logged it (audit.k8s.io/v1). */
export interface AuditEntry {
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly namespace?: string
    readonly name?: string
    readonly subresource?: string
  }
  readonly responseStatus?: { readonly code?: number }
  readonly requestObject?: unknown
  readonly responseObject?: unknown
}

/** All entries of an audit log that were written so far. */
export const readAudit = async (path: string): Promise<readonly AuditEntry[]> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(line => line.endsWith('}'))
    .map(line => JSON.parse(line) as AuditEntry)
}

/** `VERB resource namespace/name` of an entry. */
export const shownEntry = ({ verb, objectRef, requestURI }: AuditEntry): string =>
  objectRef === undefined
    ? `${verb} ${requestURI}`
    : `${verb} ${objectRef.resource ?? ''} ${objectRef.namespace ?? ''}/${objectRef.name ?? ''}`
