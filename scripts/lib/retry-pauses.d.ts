/** One line, `file:line what`, for every loop of the text that tries again without a pause. */
export function retriesWithoutPause(text: string, file: string): string[];
/** The same for all of src/. */
export function busyRetries(): string[];
