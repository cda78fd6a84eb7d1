/** One entry of the audit log: a change that somebody requested, or a request that was denied. */
export interface AuditEntry {
  /** When the request was answered, ISO 8601. */
  readonly at: string;
  readonly kind: 'write' | 'denial';
  /** `UNSECURE` for a caller without a name. */
  readonly user: string;
  /** How the user authenticated. */
  readonly by: string;
  /** Address of the connection's other end. */
  readonly from?: string | undefined;
  /** The name of the call, or the path of the page. */
  readonly what: string;
  /** role/environment/name */
  readonly job?: string | undefined;
  /** Further details of the subject: hosts, instances, an update, a task. */
  readonly about?: Readonly<Record<string, unknown>> | undefined;
  /** The response code of a call; for a denial AUTH_FAILED, INVALID_REQUEST, 401 or 403. */
  readonly result: string;
  /** The message of the answer, if the request failed. */
  readonly why?: string | undefined;
  readonly traceId?: string | undefined;
}
