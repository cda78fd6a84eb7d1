import { argumentsShape } from '../../api/shapes.ts';
import { CALLS } from '../../api/tables/calls.ts';
import type { ServiceName } from '../../api/tables/definitions.ts';
import type { CallName } from '../../api/types.ts';
import { MESSAGE, type PageProtocol, STOP } from './protocol.ts';
import { type ApiStruct, type StructClass, writeFields } from './structs.ts';

/** Services in the order of inheritance: each also has the calls of those before it. */
const SERVICES: readonly ServiceName[] = ['ReadOnlyScheduler', 'AuroraSchedulerManager', 'AuroraAdmin'];

type Callback = (response: unknown) => void;

/** Makes a Response of the page's own class from api_types.js, so that `instanceof` works there. */
const responseOf = (): ApiStruct =>
  new (globalThis as unknown as { readonly Response: StructClass }).Response();

/** @throws Error with the scheduler's message when it refused the call, or when the reply is empty */
function readReply(input: PageProtocol): unknown {
  const { mtype } = input.readMessageBegin();
  if (mtype === MESSAGE.exception) {
    let message = 'the scheduler refused the call';
    input.readStructBegin();
    for (;;) {
      const { fid, ftype } = input.readFieldBegin();
      if (ftype === STOP) break;
      if (fid === 1) message = input.readString().value;
      else input.skip(ftype);
      input.readFieldEnd();
    }
    input.readStructEnd();
    input.readMessageEnd();
    throw new Error(message);
  }
  const response = responseOf();
  let isThere = false;
  input.readStructBegin();
  for (;;) {
    const { fid, ftype } = input.readFieldBegin();
    if (ftype === STOP) break;
    if (fid === 0) {
      response.read(input);
      isThere = true;
    } else input.skip(ftype);
    input.readFieldEnd();
  }
  input.readStructEnd();
  input.readMessageEnd();
  if (!isThere) throw new Error('the reply is empty');
  return response;
}

/**
 * Makes a client class that is used like those that Thrift generates for pages with jQuery: `new Client(protocol)`, and
 * a method for each call. With a function as the last argument the call is asynchronous and the function gets the
 * response; without it the method blocks and returns the response.
 */
export function clientClass(service: ServiceName): unknown {
  const services = SERVICES.slice(0, SERVICES.indexOf(service) + 1);
  class Client {
    seqid = 0;
    readonly input: PageProtocol;
    readonly output: PageProtocol;
    constructor(input: PageProtocol, output?: PageProtocol) {
      this.input = input;
      this.output = output ?? input;
    }
  }
  for (const [name, call] of Object.entries(CALLS)) {
    if (!services.includes(call.service)) continue;
    const shape = argumentsShape(name as CallName);
    // Arguments are passed in the order of their ids.
    const names = shape.fields.map((field) => field.name);
    const receive = function (this: Client): unknown {
      return readReply(this.input);
    };
    Object.assign(Client.prototype, {
      [`recv_${name}`]: receive,
      [name](this: Client, ...given: readonly unknown[]): unknown {
        const callback = given[names.length] as Callback | undefined;
        const { output } = this;
        output.writeMessageBegin(name, MESSAGE.call, this.seqid);
        writeFields(
          output,
          { fields: shape.fields, name: `${name}_args` },
          Object.fromEntries(names.map((argument, at) => [argument, given[at]])),
        );
        output.writeMessageEnd();
        const transport = output.getTransport();
        if (!callback) {
          transport.flush();
          return receive.call(this);
        }
        if (transport.jqRequest && 'jQuery' in globalThis)
          return transport.jqRequest(this, transport.flush(true), [...given], receive);
        return transport.flush(true, () => {
          let answer: unknown;
          try {
            answer = receive.call(this);
          } catch (error) {
            answer = error;
          }
          callback(answer);
        });
      },
    });
  }
  return Client;
}
