/**
 * Makes an error of the command line's own class, since this code may be in a bundle that has another copy of the
 * class.
 */
export type Fail = (code: 'HOOK' | 'CONFIG' | 'USAGE', text: string, next?: string, where?: string) => Error;
