/**
 * Memory for what lives about as long as the master. V8 begins a collection of the whole heap for every 64 MiB of buffers
 * beside it, whatever these collections find; it does not count shared memory. A master with a million tasks would
 * otherwise collect for buffers that are all in use. The memory is freed with the buffer.
 */
export const uncounted = (bytes: number): Buffer => Buffer.from(new SharedArrayBuffer(bytes));
