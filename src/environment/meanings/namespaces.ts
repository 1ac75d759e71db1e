import type { Meanings } from './meanings.ts'

/** What the settings of `namespaces` mean. */
export const namespaces: Meanings = {
  'namespaces.labels': 'Its labels.',
  'namespaces.annotations': 'Its annotations.',
  'namespaces.secrets.NAME.name': 'Its name in the cluster; without it, the entry’s name.',
  'namespaces.secrets.NAME.data': 'Where each key’s value comes from.',
  'namespaces.secrets.NAME.data.NAME.from':
    '`literal` text that is no secret; a `secret` or `env` value as it is; `htpasswd`: a line made of `user:password`; `template`: a text with `{password}` in it.',
  'namespaces.secrets.NAME.data.NAME.value':
    'The text of a literal. One that looks like a secret is refused, unless it is written as `{$text: ["…"]}`.',
  'namespaces.secrets.NAME.data.NAME.secret': 'Name of a Secret Manager secret.',
  'namespaces.secrets.NAME.data.NAME.version':
    'Its version, or `{$ref: "secret/NAME#version"}` for the latest enabled one.',
  'namespaces.secrets.NAME.data.NAME.name': 'Name of a value that the runner holds.',
  'namespaces.secrets.NAME.data.NAME.env': 'Name of a value that the runner holds.',
  'namespaces.secrets.NAME.data.NAME.template': 'The text; `{password}` is put in when it is written.',
  'namespaces.secrets.NAME.data.NAME.password': 'Where the password comes from.',
  'namespaces.secrets.NAME.data.NAME.password.secret': 'Name of a Secret Manager secret.',
  'namespaces.secrets.NAME.data.NAME.password.env': 'Name of a value that the runner holds.',
  'namespaces.secrets.NAME.data.NAME.password.version': 'Its version, or a reference.',
  'namespaces.secrets.NAME.data.NAME.encode': '`url`: the password is percent-encoded.',
}
