import { config } from 'zod'

// Zod would compile a parser for every schema at its first use; a run that checks a few documents is over before that pays.
config({ jitless: true })
