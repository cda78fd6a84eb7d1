/** How a caller showed who it is. */
export type Credential = 'none' | 'basic' | 'token' | 'negotiate' | 'certificate' | 'proxy';

/** What of a request may say who sends it. */
export interface Presented {
  /** The header, parted: the scheme in lower case. */
  readonly authorization: { readonly scheme: string; readonly value: string } | undefined;
  header(name: string): string | undefined;
  /** Of the other end of the connection. */
  readonly address: string | undefined;
  /** Whether the connection itself is encrypted. */
  readonly encrypted: boolean;
  /** Subject of the certificate that the other end proved to have, and whose issuer is trusted here. */
  readonly certificate: { readonly commonName: string | undefined } | undefined;
}

/** Who somebody is. */
export interface Login {
  readonly user: string;
  readonly by: Credential;
  /** Names of roles in the ini file, beside those that the file gives the user. */
  readonly roles: readonly string[];
}

/** Why nobody is logged in although credentials are there. `unavailable`: they cannot be looked at now. */
export type Refused = 'wrong' | 'malformed' | 'unavailable';

/** One way to log in. */
export interface Authenticator {
  /** Value of WWW-Authenticate that asks for it; undefined for what clients cannot be asked for. */
  readonly challenge?: string;
  /** Undefined when there are no credentials of this kind. */
  judge(presented: Presented): Login | Refused | undefined | Promise<Login | Refused | undefined>;
}
