/** A host with an optional port, as found in `Host` and at the end of `Origin`. */
export interface HostPort {
  /** In lower case, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const HOST_PORT = /^(?:\[([0-9a-f.%]*:[0-9a-f:.%]*)\]|([^:[\]/\s,@?#]+))(?::(\d{1,5}))?$/;

/** Parses `host`, `host:port` or `[IPv6]:port`; undefined for anything else, including an empty text and a list. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, six, name, port] = HOST_PORT.exec(text.trim().toLowerCase()) ?? [];
  const host = six ?? name;
  return host === undefined ? undefined : { host, port: port === undefined ? undefined : Number(port) };
}

/** Whether the host can only mean this machine: `localhost`, an address in 127.0.0.0/8, `::1`. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host) || host === '::1';

/** Whether the host is an IP address, which needs no name server to resolve. */
export const isIpAddress = (host: string): boolean =>
  host.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
