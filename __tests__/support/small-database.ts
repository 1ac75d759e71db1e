/** The part of a file that makes the smallest database, whose user `sky` logs in with the secret `database` of this name. */
export const smallDatabase = (secret: string): string => `\
database:
  name: lab-main
  version: POSTGRES_16
  tier: db-custom-2-7680
  availability: ZONAL
  diskGb: 10
  users:
    sky:
      type: built-in
      password: {from: secret, secret: ${secret}, version: {$ref: "secret/database#version"}}
`
