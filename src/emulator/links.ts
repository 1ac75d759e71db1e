/**
 * The part of a link that identifies: clients send any host back, a full path or a short name. Gives what follows
 * `projects/PROJECT/`, or the text itself when there is no such part.
 */
export const tail = (link: string): string => /(?:^|\/)projects\/[^/]+\/(.*)$/.exec(link)?.[1] ?? link

/** The last segment of a link. */
export const lastSegment = (link: string): string => link.slice(link.lastIndexOf('/') + 1)
