import type { Authenticator } from './authenticator.ts';

/** Client certificates that the server has verified: the common name of the subject is the user. */
export function certificateAuthenticator(): Authenticator {
  return {
    judge({ certificate }) {
      const user = certificate?.commonName;
      if (certificate === undefined) return undefined;
      if (user === undefined) return 'wrong';
      return { user, by: 'certificate', roles: [] };
    },
  };
}

export interface ProxyRules {
  readonly addresses: readonly string[];
  readonly header: string;
}

/**
 * A proxy that knows who somebody is and says so in a header. It counts from the addresses that are named, over an
 * encrypted connection; from anywhere else it is a lie.
 */
export function proxyAuthenticator({ addresses, header }: ProxyRules): Authenticator {
  return {
    judge({ address, encrypted, header: headerOf }) {
      const user = headerOf(header);
      if (user === undefined) return undefined;
      if (!encrypted || address === undefined || !addresses.includes(address) || user.trim() === '')
        return 'wrong';
      return { user, by: 'proxy', roles: [] };
    },
  };
}
