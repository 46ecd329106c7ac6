/** Filled in from package.json when the command is bundled. */
declare const BERTH_VERSION: string | undefined

export const VERSION = typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'development'
