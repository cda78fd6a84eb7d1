import type { ViewProblem } from '../../../api/views/shared.ts';
import type { Caller } from '../caller.ts';

/** Thrown when a view is not shown; says why. */
export class ViewRefusal extends Error {
  readonly status: 400 | 401 | 403 | 404;
  readonly reply: ViewProblem;

  constructor(status: 400 | 401 | 403 | 404, reply: ViewProblem) {
    super(reply.problem);
    this.status = status;
    this.reply = reply;
  }
}

export const notFound = (problem: string, near: readonly string[] = []): ViewRefusal =>
  new ViewRefusal(404, { problem, ...(near.length > 0 ? { near } : {}) });

export const badQuery = (problem: string): ViewRefusal => new ViewRefusal(400, { problem });

/** Refuses with 401 when the caller has not logged in, because a login may bring the permission; otherwise with 403. */
export const forbidden = ({ authenticatedBy, user }: Caller, permission: string): ViewRefusal =>
  authenticatedBy === 'none'
    ? new ViewRefusal(401, { problem: `This needs the permission ${permission}; you are not logged in.` })
    : new ViewRefusal(403, { problem: `${user} does not have the permission ${permission}.` });
