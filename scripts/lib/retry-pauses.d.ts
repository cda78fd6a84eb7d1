/** One line, `file:line what`, for every loop in the text that retries without a pause. */
export function retriesWithoutPause(text: string, file: string): string[];
/** The same for all files of src/. */
export function busyRetries(): string[];
