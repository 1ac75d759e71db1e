/**
 * What settings mean, for editors and the reference. Keys are `SECTION.SETTING`; `NAME` stands for the name of an
 * entry, `[]` for an entry of a list. Kinds that describe a setting themselves win.
 */
export type Meanings = Readonly<Record<string, string>>
