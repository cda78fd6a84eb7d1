// Loaded into every process of a test run (NODE_OPTIONS): a test may only talk to, and only listen on, this machine.
import net from 'node:net';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost|::ffff:127(?:\.\d{1,3}){3})$/;

function refuse(what, host) {
  throw new Error(`a test may not ${what} ${host}: only loopback addresses are allowed`);
}

const hostOf = (args) => {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (first && typeof first === 'object') return first.path ? undefined : (first.host ?? 'localhost');
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined;
  return typeof second === 'string' ? second : 'localhost';
};

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function guardedConnect(...args) {
  const host = hostOf(args);
  if (host !== undefined && !LOOPBACK.test(host)) refuse('connect to', host);
  return connect.apply(this, args);
};

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function guardedListen(...args) {
  const [first, second] = args;
  const options = first && typeof first === 'object' ? first : {};
  const isPath = typeof first === 'string' && Number.isNaN(Number(first));
  const host = options.host ?? (typeof second === 'string' ? second : undefined);
  if (
    !isPath &&
    !options.path &&
    options.fd === undefined &&
    !first?._handle &&
    !LOOPBACK.test(host ?? 'every address')
  )
    refuse('listen on', host ?? 'every address');
  return listen.apply(this, args);
};
