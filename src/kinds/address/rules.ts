import type { EffectRule, Rules } from '../../core/rules.ts'

const recipe =
  'Add a second address under another name, move what uses the old one and its DNS records over, then take the old entry out in a later pull request.'

const fixed = (words: string): EffectRule => ({ effect: 'refused', words, recipe })

/** What a change of an address does to people: but for labels, Compute Engine changes nothing (compute v1, addresses). */
export const addressRules: Rules = [
  { path: 'name', change: fixed('the name is the address') },
  { path: 'project', change: fixed('an address cannot move') },
  { path: 'region', change: fixed('an address cannot move') },
  { path: 'tier', change: fixed('the network tier is set when the address is reserved') },
  {
    path: 'type',
    change: {
      effect: 'refused',
      words: 'an internal address has this name',
      recipe: 'Give this one another name.',
    },
  },
  {
    path: 'description',
    change: {
      effect: 'refused',
      words: 'the description is set when the address is reserved',
      recipe: 'Put the old text back, or take `description` out of the file: then it is left as it is.',
    },
  },
  { path: 'labels', change: { effect: 'in-place', seconds: 3 } },
  { path: 'labels.*', change: { effect: 'in-place', seconds: 3 } },
  { path: 'mark', change: { effect: 'in-place', words: 'is labelled as this environment’s', seconds: 3 } },
]
