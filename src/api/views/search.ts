/** `search`: what a text may refer to, the likeliest first in each list. */
export interface SearchReply {
  readonly q: string;
  readonly roles: readonly string[];
  readonly jobs: readonly string[];
  readonly tasks: readonly { readonly taskId: string; readonly job: string; readonly status: string }[];
  readonly updates: readonly { readonly id: string; readonly job: string; readonly status: string }[];
  readonly hosts: readonly string[];
  /** Where the reader surely wants to go: the only thing with exactly this name. */
  readonly exact?: string;
}
