/**
 * Memory that is kept and used again. V8 begins a collection of the whole heap for every 64 MiB of buffers
 * beside it, whatever these collections find; it does not count shared memory. A master with a million tasks would
 * otherwise collect for buffers that are all in use. It is freed with the buffer, but nothing makes V8 hurry: memory that is
 * given up often must be counted.
 */
export const uncounted = (bytes: number): Buffer => Buffer.from(new SharedArrayBuffer(bytes));
