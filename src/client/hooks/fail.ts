/** Makes an error that the command line knows: this code may be in a bundle with classes of its own. */
export type Fail = (code: 'HOOK' | 'CONFIG' | 'USAGE', text: string, next?: string, where?: string) => Error;
